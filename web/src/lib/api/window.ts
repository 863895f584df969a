/** A part of a list, as the API gives it. */
export interface Window<T> {
	items: readonly T[];
	/** Where the one behind it is to be had. */
	next?: string | null;
	/** How many there are altogether; only the first window says it. */
	total?: number | null;
	/** Where this one was had from. */
	path?: string;
}

/** Returns whether a window must be read anew: rows of it are seen, or it begins elsewhere now. */
export function affected(
	windows: readonly Window<unknown>[],
	at: number,
	[first, last]: [first: number, last: number]
): boolean {
	const begins = windows.slice(0, at).reduce((sum, each) => sum + each.items.length, 0);
	const ends = begins + (windows[at]?.items.length ?? 0);
	const inView = begins <= last && ends > first;
	return inView || windows[at]?.path !== windows[at - 1]?.next;
}
