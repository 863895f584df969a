import { describe, expect, it } from 'vitest';
import { inOneLine, monthBeyond, monthly, used, worked } from './words.ts';
import type { Costs } from './words.ts';

const COSTS: Costs = {
	sessions: 3,
	assignments: 2,
	rounds: 1,
	mentions: { ask_to_fix_ci: 1 },
	reruns: 0,
	minutes: null
};

describe('costs in words', () => {
	it('are said without what there was none of', () => {
		expect(inOneLine(COSTS)).toBe('3 sessions, 1 round');
		expect(inOneLine({ ...COSTS, rounds: 0, reruns: 2, minutes: 5 })).toBe(
			'3 sessions, 2 reruns, 5 min'
		);
	});

	it('say minutes only where GitHub told of any', () => {
		expect(worked(COSTS)).toBe('not told');
		expect(worked({ ...COSTS, minutes: 59 })).toBe('59 min');
		expect(worked({ ...COSTS, minutes: 135 })).toBe('2 h 15 min');
	});

	it('say what is used of a ceiling', () => {
		const ceiling = { ceiling: 5, used: 2, until: null, origin: 'server', raised_by: 'x' } as const;
		expect(used({ ...ceiling, key: 'budget.sessions_per_day' })).toBe('2 of 5 sessions today');
		expect(used({ ...ceiling, key: 'budget.something' })).toBe('2 of 5 budget.something');
	});

	it('say months, also beyond a year', () => {
		expect(monthly('2026-11')).toContain('2026');
		expect([monthBeyond('2026-12', 1), monthBeyond('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
	});
});
