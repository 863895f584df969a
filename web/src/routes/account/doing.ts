import { invalidate } from '$app/navigation';
import { PAGE } from '#lib/api/reads.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';

/** Does what changes something of one's own, says that it was done, and shows the page anew. */
export async function doing(said: string, work: Promise<unknown>): Promise<boolean> {
	try {
		await work;
		toasts.say(said);
		await invalidate(PAGE);
		return true;
	} catch (failure) {
		toasts.fail((failure as Error).message);
		return false;
	}
}
