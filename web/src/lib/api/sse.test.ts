import { expect, test } from 'vitest';
import { messageReader } from './sse.ts';

const STREAM =
	': the log, live\nretry: 2000\n\nid: 7\nevent: event\ndata: {"position":7}\n\nid: 9\n\n: still here\n\n';

test('messages are read wherever the pieces end', () => {
	for (let size = 1; size < STREAM.length; size += 1) {
		const read = messageReader();
		const found = [];
		for (let at = 0; at < STREAM.length; at += size)
			found.push(...read(STREAM.slice(at, at + size)));
		expect(found).toEqual([
			{ id: '7', event: 'event', data: '{"position":7}' },
			{ id: '9', event: 'message', data: '' }
		]);
	}
});

test('several lines of data are one text', () => {
	expect(messageReader()('data: a\ndata: b\n\n')).toEqual([
		{ id: '', event: 'message', data: 'a\nb' }
	]);
});
