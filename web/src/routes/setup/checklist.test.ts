import { expect, test } from 'vitest';
import { byUrgency, concernsSetup, leftOf, progressOf } from './checklist.ts';
import type { Check } from './checklist.ts';

function aCheck(id: string, state: Check['state']): Check {
	return { id, state, title: id, about: null, sentence: id, next_step: null };
}

const CHECKS = [
	aCheck('a', 'ok'),
	aCheck('b', 'warning'),
	aCheck('c', 'failed'),
	aCheck('d', 'ok')
];

test('what is to be mended stands first, and what is in order last', () => {
	expect(byUrgency(CHECKS).map(({ id }) => id)).toEqual(['c', 'b', 'a', 'd']);
});

test('progress counts what is in order, and says what is left', () => {
	expect(progressOf(CHECKS)).toEqual({ done: 2, of: 4 });
	expect(leftOf(CHECKS)).toBe('1 to mend, 1 to consider');
	expect(leftOf([aCheck('a', 'ok')])).toBe('');
});

test('it is looked at again when something happens that may change it', () => {
	expect(concernsSetup({ type: 'installation', action: 'created' })).toBe(true);
	expect(concernsSetup({ type: 'lane', action: 'mode_set' })).toBe(true);
	expect(concernsSetup({ type: 'lane', action: 'paused' })).toBe(false);
	expect(concernsSetup({ type: 'issues', action: 'opened' })).toBe(false);
});
