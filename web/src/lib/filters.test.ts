import { expect, test } from 'vitest';
import { filtered, localTime, valuesOf } from './filters.ts';
import type { Field } from './filters.ts';

const FIELDS: Field[] = [
	{ name: 'q', label: 'Search', kind: 'text' },
	{ name: 'issue', label: 'Issue', kind: 'number' },
	{ name: 'mode', label: 'Mode', kind: 'choice', choices: ['shadow', 'live'] },
	{ name: 'since', label: 'Since', kind: 'time' }
];

test('what does not fit its field is left out', () => {
	const read = (search: string) => valuesOf(new URLSearchParams(search), FIELDS);
	expect(read('q=+a+&issue=5&mode=live&since=2026-03-01&other=1')).toEqual({
		q: 'a',
		issue: '5',
		mode: 'live',
		since: '2026-03-01'
	});
	expect(read('q=&issue=x&mode=dead&since=never')).toEqual({});
});

test('filters stand in the address beside what is none of them', () => {
	const url = new URL('https://here.example/events/7?issue=5&as_of=9');
	expect(filtered(url, FIELDS, { q: 'push' })).toBe('/events/7?as_of=9&q=push');
});

test('a time is written as its field wants it, and read as the same moment', () => {
	const time = '2026-03-01T12:30:05.000Z';
	expect(new Date(localTime(time)).toISOString()).toBe(time);
});
