import { expect, test } from 'vitest';
import { ago, coming, exact, inZone, lasting } from './dates.ts';
import { written } from './names.ts';
import { counted } from './plurals.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

test('a time is said as people do', () => {
	expect(ago('2026-03-01T11:59:58Z', NOW)).toBe('just now');
	expect(ago('2026-03-01T11:57:10Z', NOW)).toContain('2');
	expect(ago('2026-02-27T12:00:00Z', NOW)).toContain('2');
});

test('what happened is never to come, though the clock that told it is ahead of ours', () => {
	expect(ago('2026-03-01T12:04:00Z', NOW)).toBe('just now');
	expect(coming('2026-03-01T12:04:00Z', NOW)).toContain('in 4');
	expect(coming('2026-03-01T11:56:00Z', NOW)).toBe(ago('2026-03-01T11:56:00Z', NOW));
});

test('times within a sentence are said in the zone of whoever reads it', () => {
	expect(inZone('asked at 2026-03-01T12:00:00Z, not 2026-03-01')).toBe(
		`asked at ${exact('2026-03-01T12:00:00Z')}, not 2026-03-01`
	);
	expect(inZone('checks failed on 620705a: test')).toBe('checks failed on 620705a: test');
});

test('a value is said as people do', () => {
	expect([true, false, null, [], ['a', 2]].map(written)).toEqual([
		'yes',
		'no',
		'none',
		'none',
		'a, 2'
	]);
});

test('a duration has its two largest parts', () => {
	expect([0, 35, 60, 3660, 187_200].map(lasting)).toEqual([
		'0 s',
		'35 s',
		'1 min',
		'1 h 1 min',
		'2 d 4 h'
	]);
});

test('one thing is no plural', () => {
	expect([
		counted(1, 'issue'),
		counted(2, 'issue'),
		counted(0, 'repository', 'repositories')
	]).toEqual(['1 issue', '2 issues', '0 repositories']);
});
