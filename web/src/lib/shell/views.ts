/** The code of every view, brought once the first is shown: a view without could not be gone to while the service does not answer. */
import { preloadCode } from '$app/navigation';
import type { RouteId } from '$app/types';

/** The routes that have a page, as the build found them. */
declare const __VIEWS__: RouteId[];

const AFTER = 1000; // milliseconds, in which the first view comes to rest
const MOST = 300; // milliseconds that one waits for a moment in which the page has nothing to do

let begun = false;

/** Brings what is not there yet; again, when it is called after that failed. */
export async function bringViews(): Promise<void> {
	if (begun) return;
	begun = true;
	await new Promise((resolve) => setTimeout(resolve, AFTER));
	try {
		// One by one: to take them all at once held up what moves on the page.
		for (const view of __VIEWS__) {
			await idle();
			await preloadCode(view);
		}
	} catch {
		begun = false;
	}
}

/** Waits until the page has nothing to do; Safari cannot tell, and waits a little. */
function idle(): Promise<unknown> {
	const { requestIdleCallback: ask } = globalThis as Partial<Window & typeof globalThis>;
	return new Promise((resolve) =>
		ask ? ask(resolve, { timeout: MOST }) : setTimeout(resolve, 50)
	);
}
