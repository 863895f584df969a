import { expect, test } from 'vitest';
import type { LogEvent } from '#lib/api/live.svelte.ts';
import { matcherOf, questionOf } from './fields.ts';

const event = (type: string, action: string | null = null) =>
	({ type, action, source: 'github', recorded_at: '2026-03-01T12:00:00Z' }) as LogEvent;

test('the past ends with its moment, a position included', () => {
	expect(questionOf({ type: 'push' }, '41')).toEqual({ type: 'push', limit: 200, before: 42 });
	expect(questionOf({}, null)).toEqual({ limit: 200 });
});

test('an end that one asked for is kept where it is the earlier', () => {
	const [early, late] = ['2026-03-01T11:00:00Z', '2026-03-01T12:00:00Z'];
	expect(questionOf({ until: early }, late)['until']).toBe(early);
	expect(questionOf({ until: late }, early)['until']).toBe(early);
});

test('what is new is told apart here where its columns say enough', () => {
	const opened = matcherOf({ type: 'issues', action: 'opened' });
	expect(opened?.(event('issues', 'opened'))).toBe(true);
	expect(opened?.(event('issues', 'closed'))).toBe(false);
	expect(matcherOf({ type: 'issues', issue: '5' })).toBeNull();
	expect(matcherOf({})?.(event('push'))).toBe(true);
});
