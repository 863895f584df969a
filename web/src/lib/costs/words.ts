/** Costs in words: what was had done, what is used of a ceiling, and months. */
import type { components } from '#lib/api/generated/schema.ts';
import { counted } from '#lib/words/plurals.ts';

export type Costs = components['schemas']['Costs'];
export type Ceiling = components['schemas']['Ceiling'];

const PERIODS: Record<string, string> = {
	'budget.sessions_per_day': 'sessions today',
	'budget.sessions_per_month': 'sessions this month',
	'budget.rounds_per_issue': 'rounds of this issue'
};
const MONTH = new Intl.DateTimeFormat(undefined, {
	month: 'long',
	year: 'numeric',
	timeZone: 'UTC'
});

/** Says how much of a ceiling is used, as "42 of 100 sessions this month". */
export function used({ key, used: number, ceiling }: Ceiling): string {
	return `${number.toLocaleString()} of ${ceiling.toLocaleString()} ${PERIODS[key] ?? key}`;
}

/** Says how long Copilot's sessions went, as far as GitHub told of them. */
export function worked({ minutes }: Costs): string {
	if (minutes === null) return 'not told';
	const hours = Math.floor(minutes / 60);
	return hours ? `${hours.toLocaleString()} h ${minutes % 60} min` : `${minutes} min`;
}

/** Says all of it in one line, without what there was none of. */
export function inOneLine(costs: Costs): string {
	const { sessions, rounds, reruns, minutes } = costs;
	return [
		counted(sessions, 'session'),
		rounds ? counted(rounds, 'round') : '',
		reruns ? counted(reruns, 'rerun') : '',
		minutes === null ? '' : worked(costs)
	]
		.filter(Boolean)
		.join(', ');
}

/** Says a month of the API's, as "November 2026". */
export function monthly(month: string): string {
	return MONTH.format(new Date(`${month}-01T00:00:00Z`));
}

/** Returns the month so many behind another, in the API's words. */
export function monthBeyond(month: string, step: number): string {
	const at = new Date(`${month}-01T00:00:00Z`);
	at.setUTCMonth(at.getUTCMonth() + step);
	return at.toISOString().slice(0, 7);
}
