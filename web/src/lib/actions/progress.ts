/** How far an action came: requested, sent, confirmed; in the words that its mode calls for. */
import type { components } from '#lib/api/generated/schema.ts';

type Action = Pick<components['schemas']['ActionItem'], 'mode' | 'state'>;

export interface Step {
	word: string;
	/** `done`: it came so far; `bad`: it failed; `off`: it was given up; `open`: not yet. */
	standing: 'done' | 'bad' | 'off' | 'open';
}

/** Returns the steps of an action; one of shadow mode has one only, since nothing is sent. */
export function stepsOf({ mode, state }: Action): Step[] {
	if (mode === 'shadow') return [{ word: 'would have', standing: 'done' }];
	if (state === 'failed' || state === 'cancelled')
		return [
			{ word: 'requested', standing: 'done' },
			{ word: state, standing: state === 'failed' ? 'bad' : 'off' }
		];
	const far = { requested: 1, sent: 2, confirmed: 3 }[state];
	return ['requested', 'sent', 'confirmed'].map((word, at) => ({
		word,
		standing: at < far ? 'done' : 'open'
	}));
}
