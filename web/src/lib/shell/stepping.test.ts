import { expect, test } from 'vitest';
import type { LogEvent } from '#lib/api/live.svelte.ts';
import { eventAfter, eventBefore } from './stepping.ts';
import type { Ask } from './stepping.ts';

function logOf(...positions: number[]): Ask {
	return async (query) => {
		const [before, after] = [Number(query['before'] ?? Infinity), Number(query['after'] ?? 0)];
		const found = positions.filter((each) => each > after && each < before).sort((a, b) => b - a);
		const items = found
			.slice(0, Number(query['limit']))
			.map((position) => ({ position }) as LogEvent);
		return { items, next: found.length > items.length ? 'more' : null };
	};
}

test('the next event is the nearest, wherever it is', async () => {
	const crowd = Array.from({ length: 3000 }, (_, at) => 5000 + at);
	for (const positions of [
		[3, 4, 9],
		[3, 900],
		[3, 40_000],
		[3, ...crowd]
	]) {
		const found = await eventAfter(3, 50_000, {}, logOf(...positions));
		expect(found?.position).toBe(positions[1]);
	}
});

test('there is none behind the last', async () => {
	expect(await eventAfter(9, 9, {}, logOf(9))).toBeNull();
	expect(await eventAfter(9, 20_000, {}, logOf(9))).toBeNull();
});

test('the event before is the nearest, too', async () => {
	expect((await eventBefore(9, {}, logOf(3, 4, 9)))?.position).toBe(4);
	expect(await eventBefore(3, {}, logOf(3))).toBeNull();
});
