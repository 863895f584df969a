/** The code of every view, brought once the first is shown: a view without could not be gone to while the service does not answer. */
import { preloadCode } from '$app/navigation';
import type { RouteId } from '$app/types';

/** The routes that have a page, as the build found them. */
declare const __VIEWS__: RouteId[];

const AFTER = 1000; // milliseconds, in which the first view comes to rest

let begun = false;

/** Brings what is not there yet; again, when it is called after that failed. */
export async function bringViews(): Promise<void> {
	if (begun) return;
	begun = true;
	await new Promise((resolve) => setTimeout(resolve, AFTER));
	await Promise.all(__VIEWS__.map(preloadCode)).catch(() => (begun = false));
}
