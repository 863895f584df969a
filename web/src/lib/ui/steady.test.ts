import { expect, test } from 'vitest';
import { fresh, steadied } from './steady.ts';

const key = (item: { id: number }) => item.id;

test('a held list keeps its order, what changed in its place', () => {
	const shown = fresh([
		{ id: 1, at: 'a' },
		{ id: 2, at: 'b' }
	]);
	const rows = steadied(
		shown,
		[
			{ id: 3, at: 'c' },
			{ id: 2, at: 'd' },
			{ id: 1, at: 'a' }
		],
		key
	);
	expect(rows.map(({ item }) => [item.id, item.at])).toEqual([
		[1, 'a'],
		[2, 'd'],
		[3, 'c']
	]);
});

test('what is gone stays where it was until the pointer leaves', () => {
	const rows = steadied(fresh([{ id: 1 }, { id: 2 }]), [{ id: 2 }], key);
	expect(rows).toEqual([
		{ item: { id: 1 }, gone: true },
		{ item: { id: 2 }, gone: false }
	]);
	expect(steadied(rows, [{ id: 1 }, { id: 2 }], key)[0]).toEqual({ item: { id: 1 }, gone: false });
});
