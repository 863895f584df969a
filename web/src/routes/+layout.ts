import { connection } from '#lib/api/connection.svelte.ts';
import type { components } from '#lib/api/generated/schema.ts';
import { problemOf } from '#lib/api/problem.ts';
import { error } from '@sveltejs/kit';
import type { LayoutLoad } from './$types';

export const ssr = false;
export const prerender = false;

export type Me = components['schemas']['Me'];

/** Who is signed in, null for nobody: then the sign-in page is shown in place of any other. */
export const load: LayoutLoad = async ({ depends }): Promise<{ me: Me | null }> => {
	depends('app:me');
	for (;;) {
		try {
			const answer = await fetch('/api/me');
			if (answer.ok) {
				await findHead();
				return { me: (await answer.json()) as Me };
			}
			const problem = await problemOf(answer);
			if (answer.status === 401) return { me: null };
			if (answer.status !== 503) error(answer.status, { message: problem.detail, problem });
		} catch (failure) {
			if (!(failure instanceof TypeError)) throw failure;
			connection.silent();
		}
		await connection.worthTrying(1000);
	}
};

/** Learns where the log ends: what the live stream begins behind, and time travel's far end. */
async function findHead(): Promise<void> {
	const answer = await fetch('/api/events?limit=1');
	connection.answered(Number(answer.headers.get('x-log-position') ?? 0));
}
