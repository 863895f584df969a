import { expect, test } from 'vitest';
import { toldOf } from './failure.ts';

function detail(checks: unknown) {
	return { payload: { kind: 'failure', object: { checks } } } as never;
}

test('what the event says of each check is found by its name', () => {
	const told = toldOf(
		detail([
			{ name: 'test', excerpt: 'error: x', annotations: ['a.py:3: no'] },
			{ name: 'lint', lacks: ['its log: Not Found', 3] }
		])
	);
	expect(told.get('test')).toEqual({
		excerpt: 'error: x',
		annotations: ['a.py:3: no'],
		lacks: []
	});
	expect(told.get('lint')).toEqual({
		excerpt: '',
		annotations: [],
		lacks: ['its log: Not Found']
	});
});

test('an event that is not to be had, or is of another shape, says nothing', () => {
	for (const each of [null, detail(null), detail([3, null]), detail([{ name: 4 }])])
		expect(toldOf(each).size).toBe(0);
});
