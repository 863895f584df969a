/** Keeping a list still while somebody points at it. */
export interface Kept<T> {
	item: T;
	/** It is no more in the list, and goes once the pointer has left. */
	gone: boolean;
}

/** Returns a list as it is, nothing of it gone. */
export function fresh<T>(items: readonly T[]): Kept<T>[] {
	return items.map((item) => ({ item, gone: false }));
}

/** Returns what is new in a list's old order: what changed in its place, what is new at the end. */
export function steadied<T>(
	shown: readonly Kept<T>[],
	items: readonly T[],
	key: (item: T) => string | number
): Kept<T>[] {
	const left = new Map(items.map((item) => [key(item), item]));
	const kept = shown.map(({ item: old }) => {
		const item = left.get(key(old));
		left.delete(key(old));
		return item === undefined ? { item: old, gone: true } : { item, gone: false };
	});
	return [...kept, ...fresh([...left.values()])];
}
