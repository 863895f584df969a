import { expect, test } from 'vitest';
import { MOST_LINES, linesOf } from './tree.ts';

const PAYLOAD = {
	action: 'opened',
	issue: { number: 5, labels: [{ name: 'bug' }, { name: 'pump' }], body: null }
};
const seen = (turned: [string, boolean][] = [], text = '') =>
	linesOf(PAYLOAD, new Map(turned), text).lines.map((line) => line.path);

test('a payload is unfolded one step, and as one turns it', () => {
	expect(seen()).toEqual(['$', '$.action', '$.issue']);
	expect(seen([['$.issue', true]])).toContain('$.issue.labels');
	expect(seen([['$', false]])).toEqual(['$']);
});

test('what is looked for is unfolded and marked, by key and by value', () => {
	expect(seen([], 'PUMP')).toContain('$.issue.labels[1].name');
	const { lines, found } = linesOf(PAYLOAD, new Map(), 'pump');
	expect(found).toBe(1);
	expect(lines.find((line) => line.found)?.path).toBe('$.issue.labels[1].name');
	expect(linesOf(PAYLOAD, new Map(), 'labels').found).toBe(1);
});

test('a payload of many thousand things is cut', () => {
	const { lines, cut } = linesOf(
		Array.from({ length: 5000 }, (_, at) => at),
		new Map()
	);
	expect([lines.length, cut]).toEqual([MOST_LINES, true]);
});
