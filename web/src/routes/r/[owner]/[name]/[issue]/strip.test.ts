import { expect, test } from 'vitest';
import { piecesOf } from './strip.ts';
import type { Entered } from './strip.ts';

const entered = (stage: Entered['stage'], position: number, minute: number): Entered => ({
	stage,
	reason: null,
	position,
	at: `2026-03-01T12:${String(minute).padStart(2, '0')}:00Z`
});
const STAGES = [entered('queued', 3, 0), entered('in_progress', 8, 10), entered('draft', 20, 10)];
const END = '2026-03-01T12:40:00Z';

test('pieces are as wide as they lasted, and the shortest can be seen', () => {
	const pieces = piecesOf(STAGES, END, null);
	expect(pieces.map((each) => each.seconds)).toEqual([600, 0, 1800]);
	expect(pieces.reduce((sum, each) => sum + each.width, 0)).toBeCloseTo(100);
	expect(pieces[1]?.width).toBe(2);
	expect(pieces[2]?.width).toBeGreaterThan(2 * (pieces[0]?.width ?? 0));
});

test('many short ones share the strip evenly', () => {
	const many = Array.from({ length: 200 }, (_, at) => entered('draft', at, 0));
	const widths = piecesOf(many, '2026-03-01T12:00:00Z', null).map((each) => each.width);
	expect(Math.max(...widths)).toBeCloseTo(0.5);
});

test('a moment lies in the piece that held then, by position or by time', () => {
	const when = (moment: string | null) => piecesOf(STAGES, END, moment).map((each) => each.when);
	expect(when(null)).toEqual(['before', 'before', 'shown']);
	expect(when('9')).toEqual(['before', 'shown', 'after']);
	expect(when('2026-03-01T12:05:00Z')).toEqual(['shown', 'after', 'after']);
	expect(when('1')).toEqual(['after', 'after', 'after']);
});
