import { expect, test } from 'vitest';
import { groupsOf } from './history.ts';
import type { ChainItem } from './history.ts';

const step = (
	kind: ChainItem['kind'],
	position: number,
	caused_by: number | null = null
): ChainItem => ({
	kind,
	position,
	id: `id-${position}`,
	at: '2026-03-01T12:00:00Z',
	sentence: `${kind} ${position}`,
	caused_by
});

test('what follows stands below its cause, the newest cause first', () => {
	const groups = groupsOf([
		step('delivery', 3),
		step('stage', 3, 3),
		step('decision', 4, 3),
		step('delivery', 5),
		step('attempt', 6, 4),
		step('echo', 7, 6)
	]);
	expect(groups.map((each) => each.first.position)).toEqual([5, 3]);
	expect(groups[1]?.followers.map((each) => [each.position, each.depth])).toEqual([
		[3, 1],
		[4, 1],
		[6, 2],
		[7, 3]
	]);
});

test('what was caused by something that is not told begins a group of its own', () => {
	expect(groupsOf([step('stage', 9, 2)])[0]?.first.position).toBe(9);
});
