/** The order of a queue, as somebody arranges it before it is sent. */

/** Returns a list with one entry moved to another place, which is kept within the list. */
export function moved<T>(order: readonly T[], from: number, to: number): T[] {
	const target = Math.min(Math.max(to, 0), order.length - 1);
	const rest = order.filter((_, at) => at !== from);
	return [...rest.slice(0, target), ...order.slice(from, from + 1), ...rest.slice(target)];
}

/** Returns an arrangement for a queue that changed meanwhile: what left goes, what is new comes last. */
export function carriedOver(arranged: readonly number[], present: readonly number[]): number[] {
	const kept = arranged.filter((number) => present.includes(number));
	return [...kept, ...present.filter((number) => !kept.includes(number))];
}

/** Says an order in a sentence. */
export function orderInWords(numbers: readonly number[]): string {
	const named = numbers.slice(0, 6).map((number) => `#${number}`);
	const more = numbers.length - named.length;
	return named.join(', then ') + (more > 0 ? `, then ${more} more` : '');
}
