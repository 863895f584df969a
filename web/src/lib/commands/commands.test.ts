import { expect, test } from 'vitest';
import { carriedOver, moved, orderInWords } from './order.ts';
import { lacks } from './rights.ts';
import { IN_THE_PAST, whyNot, whyNotSay } from './standing.ts';

test('an issue is moved, and never out of the queue', () => {
	expect(moved([1, 2, 3], 2, 0)).toEqual([3, 1, 2]);
	expect(moved([1, 2, 3], 0, 1)).toEqual([2, 1, 3]);
	expect(moved([1, 2, 3], 0, 9)).toEqual([2, 3, 1]);
	expect(moved([1, 2, 3], 1, -4)).toEqual([2, 1, 3]);
});

test('an arrangement outlasts a change of the queue', () => {
	expect(carriedOver([3, 1, 2], [1, 3, 4])).toEqual([3, 1, 4]);
});

test('an order is said in a sentence, however long it is', () => {
	expect(orderInWords([3, 1])).toBe('#3, then #1');
	expect(orderInWords([1, 2, 3, 4, 5, 6, 7, 8])).toContain('then 2 more');
});

test('what would be refused says so in the API’s own words', () => {
	const standings = [
		{ command: 'pause', allowed: true, why_not: null },
		{ command: 'resume', allowed: false, why_not: 'it is not paused' }
	];
	expect(whyNot(standings, 'pause', false)).toBeNull();
	expect(whyNot(standings, 'resume', false)).toBe('it is not paused');
	expect(whyNot(standings, 'pause', true)).toBe(IN_THE_PAST);
	expect(whyNot(standings, 'mode', false)).not.toBeNull();
});

test('each thing to say is judged by itself', () => {
	const choices = [
		{ says: { mode: 'live' }, allowed: false, why_not: 'the mode is live already' },
		{ says: { mode: null }, allowed: true, why_not: null }
	];
	const standings = [{ command: 'mode', choices }];
	expect(whyNotSay(standings, 'mode', { mode: 'live' })).toBe('the mode is live already');
	expect(whyNotSay(standings, 'mode', { mode: null })).toBeNull();
	expect(whyNotSay(standings, 'link', { pull_request: 7, works: true })).toBeNull();
});

test('rights are the lesser of a role and of what a token narrows it to', () => {
	const me = (over: object) =>
		({
			is_administrator: false,
			role_at_most: 'administrator',
			repositories: [{ id: 7, full_name: 'octo/pump', role: 'operator' }],
			...over
		}) as unknown as Parameters<typeof lacks>[0];
	expect(lacks(me({}), 7, 'operator')).toBeNull();
	expect(lacks(me({}), 7, 'maintainer')).toContain('maintain');
	expect(lacks(me({}), 8, 'operator')).toContain('write access');
	expect(lacks(me({ role_at_most: 'viewer' }), 7, 'operator')).not.toBeNull();
	expect(lacks(me({ is_administrator: true, repositories: [] }), 8, 'maintainer')).toBeNull();
	expect(lacks(null, 7, 'operator')).not.toBeNull();
});
