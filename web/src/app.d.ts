import type { Problem } from '#lib/api/problem.ts';

declare global {
	namespace App {
		/** What `+error.svelte` is shown: the API's own sentence, and the id to find it by. */
		interface Error {
			message: string;
			problem?: Problem;
		}
		interface PageData {
			/** What this page is about, for stepping from one event that changed it to the next. */
			about?: { repository?: number; issue?: number };
			title?: string;
		}
	}
}

export {};
