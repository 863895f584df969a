/** A workflow's stages as a strip: one piece for each, as wide as it lasted. */
import type { components } from '#lib/api/generated/schema.ts';

export type Entered = components['schemas']['StageItem'];

export interface Piece extends Entered {
	/** When it ended; of the last one: what the strip ends at. */
	until: string;
	seconds: number;
	/** Its part of the strip, in percent; together 100. */
	width: number;
	/** How it lies to the moment that the page shows. */
	when: 'before' | 'shown' | 'after';
}

const LEAST = 2; // percent, so that one of a second can be seen and pressed

/**
 * Returns the pieces of a strip up to a time.
 *
 * `moment` is a position, a time, or null for now.
 */
export function piecesOf(entered: readonly Entered[], end: string, moment: string | null): Piece[] {
	const shown = shownAt(entered, moment);
	const lasting = entered.map((each, at) => {
		const until = entered[at + 1]?.at ?? (end > each.at ? end : each.at);
		return { each, until, seconds: Math.max(0, (Date.parse(until) - Date.parse(each.at)) / 1000) };
	});
	const widths = widthsOf(lasting.map(({ seconds }) => seconds));
	return lasting.map(({ each, until, seconds }, at) => ({
		...each,
		until,
		seconds,
		width: widths[at] ?? 0,
		when: at < shown ? 'before' : at === shown ? 'shown' : 'after'
	}));
}

function shownAt(entered: readonly Entered[], moment: string | null): number {
	if (moment === null) return entered.length - 1;
	const isPosition = /^\d+$/.test(moment);
	return entered.findLastIndex(({ position, at }) =>
		isPosition ? position <= Number(moment) : Date.parse(at) <= Date.parse(moment)
	);
}

/** Shares 100 percent out by time, but none gets less than what can be seen. */
function widthsOf(seconds: number[]): number[] {
	const least = Math.min(LEAST, 50 / Math.max(1, seconds.length));
	const all = seconds.reduce((sum, each) => sum + each, 0) || seconds.length;
	const rest = 100 - least * seconds.length;
	const even = seconds.every((each) => each === 0);
	return seconds.map((each) => least + (rest * (even ? 1 : each)) / all);
}
