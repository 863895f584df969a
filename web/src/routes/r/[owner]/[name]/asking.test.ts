import { expect, test } from 'vitest';
import { asked, eventsUpTo } from './asking.ts';

const query = (text: string) => asked(7, new URLSearchParams(text));

test('work that is left is shown first', () => {
	expect(query('').attention).toEqual(['needs_human', 'stuck', 'running', 'waiting']);
	expect(query('show=over').attention).toEqual(['over']);
	expect(query('show=all').attention).toBeUndefined();
	expect(query('show=nonsense').attention).toHaveLength(4);
});

test('a stage that is named is shown, whatever is left of it', () => {
	expect(query('stage=done&stage=queued&q=pump')).toEqual({
		repository: 7,
		limit: 200,
		stage: ['done', 'queued'],
		q: 'pump'
	});
});

test('events end at the moment that is shown', () => {
	expect(eventsUpTo(null)).toEqual({});
	expect(eventsUpTo('40')).toEqual({ before: 41 });
	expect(eventsUpTo('2026-03-01T12:00:00Z')).toEqual({ until: '2026-03-01T12:00:00Z' });
});
