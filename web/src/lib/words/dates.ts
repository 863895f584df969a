/** Times as people say them, in their own zone. */
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
	['year', 31_557_600],
	['month', 2_629_800],
	['week', 604_800],
	['day', 86_400],
	['hour', 3600],
	['minute', 60]
];

/**
 * Says how long ago something happened, as "3 min. ago"; `now` is in milliseconds. What lies ahead
 * of it was told by a clock that is, as GitHub's may be: it happened all the same.
 */
export function ago(time: string | Date, now: number): string {
	return relative(Math.min(0, (new Date(time).getTime() - now) / 1000));
}

/** Says when something is to come, as "in 3 min."; what is due by now is said to have been. */
export function coming(time: string | Date, now: number): string {
	return relative((new Date(time).getTime() - now) / 1000);
}

function relative(seconds: number): string {
	for (const [unit, size] of UNITS)
		if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
	return Math.abs(seconds) < 10 ? 'just now' : RELATIVE.format(Math.trunc(seconds), 'second');
}

/** Says a time exactly, in the person's zone and their way of writing. */
export function exact(time: string | Date): string {
	return EXACT.format(new Date(time));
}

/** Says the times within a sentence of the service's, which are of UTC, in the person's zone. */
export function inZone(sentence: string): string {
	return sentence.replace(INSTANT, (time) => exact(time));
}

/** Says how long something took or lasts, as "2 d 4 h" or "35 s". */
export function lasting(seconds: number): string {
	const sizes: [string, number][] = [
		['d', 86_400],
		['h', 3600],
		['min', 60],
		['s', 1]
	];
	const whole = Math.max(0, Math.round(seconds));
	const first = sizes.findIndex(([, size]) => whole >= size);
	if (first < 0) return '0 s';
	const [unit, size] = sizes[first] as [string, number];
	const next = sizes[first + 1];
	const rest = next ? Math.floor((whole % size) / next[1]) : 0;
	return `${Math.floor(whole / size)} ${unit}${next && rest ? ` ${rest} ${next[0]}` : ''}`;
}
