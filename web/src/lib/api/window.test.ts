import { expect, test } from 'vitest';
import { affected } from './window.ts';

const windows = [
	{ items: [1, 2, 3], next: '/b' },
	{ items: [4, 5, 6], path: '/b', next: '/c' },
	{ items: [7, 8], path: '/b?', next: null }
];

test('a window that is seen is read anew, one that is not stays', () => {
	expect(affected(windows, 1, [0, 2])).toBe(false);
	expect(affected(windows, 1, [2, 4])).toBe(true);
	expect(affected(windows, 1, [5, 9])).toBe(true);
	expect(affected(windows, 1, [6, 9])).toBe(false);
});

test('a window that begins elsewhere now is read anew wherever one looks', () => {
	expect(affected(windows, 2, [0, 0])).toBe(true);
});
