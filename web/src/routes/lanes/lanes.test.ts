import { expect, test } from 'vitest';
import { chosen, countedBy, laneOrder } from './lanes.ts';
import type { Repository } from './lanes.ts';

function aLane(id: number, attention: string, last: string, over: object = {}): Repository {
	return {
		id,
		full_name: `octo/r${id}`,
		mode: 'live',
		attention,
		last_event_at: last,
		active: [],
		...over
	} as unknown as Repository;
}

test('what needs a person comes first, of each kind what moved last, each once', () => {
	const first = [aLane(1, 'needs_human', '2026-01-01'), aLane(2, 'idle', '2026-01-03')];
	const rest = [
		aLane(2, 'idle', '2026-01-03'),
		aLane(3, 'stuck', ''),
		aLane(4, 'idle', '2026-01-04')
	];
	expect(laneOrder(first, rest).map((each) => each.id)).toEqual([1, 3, 4, 2]);
});

test('lanes are found by name, by what is under way, and by what they need', () => {
	const busy = aLane(5, 'running', '', {
		active: [{ issue: { number: 12, title: 'Mend the pump' } }]
	});
	const lanes = [busy, aLane(6, 'idle', '')];
	expect(chosen(lanes, 'mend #12', null)).toEqual([busy]);
	expect(chosen(lanes, 'R6', 'running')).toEqual([]);
	expect(chosen(lanes, '', 'idle')).toHaveLength(1);
	expect(countedBy(lanes)).toEqual({ needs_human: 0, stuck: 0, running: 1, idle: 1 });
});
