/** What the checklist says of its lines, and in which order they stand. */
import type { components } from '#lib/api/generated/schema.ts';

export type Check = components['schemas']['SetupCheck'];
type State = Check['state'];

interface Look {
	word: string;
	icon: 'check' | 'alert' | 'close' | 'unknown';
	colour: string;
}

/** How a line looks by its state: a word, a sign and a colour. */
export const LOOKS: Record<State, Look> = {
	ok: { word: 'In order', icon: 'check', colour: 'text-fine' },
	warning: { word: 'To consider', icon: 'alert', colour: 'text-caution' },
	failed: { word: 'To mend', icon: 'close', colour: 'text-alarm' },
	unknown: { word: 'Not looked at', icon: 'unknown', colour: 'text-quiet' }
};

const URGENCY: State[] = ['failed', 'warning', 'unknown', 'ok'];

/** Returns lines with what is to be done first, else in their order. */
export function byUrgency(checks: readonly Check[]): Check[] {
	return URGENCY.flatMap((state) => checks.filter((each) => each.state === state));
}

/** Returns how many lines are in order, of how many that were looked at. */
export function progressOf(checks: readonly Check[]): { done: number; of: number } {
	return { done: checks.filter(({ state }) => state === 'ok').length, of: checks.length };
}

/** Says how many lines there are of what is not in order; empty where all is. */
export function leftOf(checks: readonly Check[]): string {
	const left = URGENCY.slice(0, -1).map((state) => {
		const count = checks.filter((each) => each.state === state).length;
		return count ? `${count} ${LOOKS[state].word.toLowerCase()}` : '';
	});
	return left.filter(Boolean).join(', ');
}

/** What of the log may have changed how everything is set up. */
const CONCERNS = new Set([
	'installation',
	'installation_repositories',
	'administrator',
	'acting_user',
	'consent',
	'policy',
	'setting',
	'scope'
]);

/** Returns whether an event may change what the checklist says. */
export function concernsSetup({ type, action }: { type: string; action: string | null }): boolean {
	return CONCERNS.has(type) || (type === 'lane' && action === 'mode_set');
}
