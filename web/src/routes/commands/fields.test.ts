import { expect, test } from 'vitest';
import { questionOf, said } from './fields.ts';

test('a command is said with what it says besides', () => {
	expect(said({ command: 'lane.paused', details: {} })).toBe('Pause');
	expect(said({ command: 'lane.mode_set', details: { mode: null } })).toBe(
		'Set mode: as the policy says'
	);
	expect(said({ command: 'queue.reordered', details: { order: [3, 1] } })).toBe(
		'Order the queue: #3, #1'
	);
	const link = { pull_request_number: 60, works: false };
	expect(said({ command: 'workflow.linked', details: link })).toBe('Link: #60 does not');
	expect(said({ command: 'lane.of_tomorrow', details: {} })).toBe('Lane of tomorrow');
});

test('the past has the commands up to it', () => {
	expect(questionOf({ issue: '5' }, '20')).toEqual({ issue: '5', limit: 200, before: 21 });
	const [early, late] = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'];
	expect(questionOf({ until: late }, early)['until']).toBe(early);
	expect(questionOf({ until: early }, late)['until']).toBe(early);
	expect(questionOf({}, null)).toEqual({ limit: 200 });
});
