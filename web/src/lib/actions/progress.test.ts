import { expect, test } from 'vitest';
import { stepsOf } from './progress.ts';

const said = (mode: 'live' | 'shadow', state: Parameters<typeof stepsOf>[0]['state']) =>
	stepsOf({ mode, state }).map((step) => `${step.word} ${step.standing}`);

test('an action goes from its request to what GitHub shows of it', () => {
	expect(said('live', 'sent')).toEqual(['requested done', 'sent done', 'confirmed open']);
	expect(said('live', 'confirmed').every((step) => step.endsWith('done'))).toBe(true);
});

test('what failed and what was given up end otherwise', () => {
	expect(said('live', 'failed').at(-1)).toBe('failed bad');
	expect(said('live', 'cancelled').at(-1)).toBe('cancelled off');
});

test('in shadow mode nothing is sent', () => {
	expect(said('shadow', 'requested')).toEqual(['would have done']);
});
