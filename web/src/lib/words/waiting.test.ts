import { expect, test } from 'vitest';
import { allWaits, linked, waitsFor } from './waiting.ts';

const CHECKS = ['lint', 'unit', 'types'].map((what) => ({ kind: 'check', what }));

test('it is said whom something waits for', () => {
	expect(waitsFor([])).toBe('');
	expect(waitsFor([{ kind: 'copilot', what: 'to open a pull request' }])).toBe(
		'Copilot to open a pull request'
	);
	expect(waitsFor([{ kind: 'turn', what: 'its turn in the lane' }])).toBe('Its turn in the lane');
	expect(waitsFor(CHECKS)).toBe('CI: lint, unit and 1 more');
	expect(waitsFor([{ kind: 'of_tomorrow', what: 'x' }])).toBe('Of tomorrow x');
});

test('an address is said in few words, and leads there', () => {
	const what = 'to look at https://github.com/o/r/tasks/1, then to retry it';
	expect(waitsFor([{ kind: 'person', what }])).toBe(
		'A person to look at its page at GitHub, then to retry it'
	);
	expect(linked(what).map((part) => part.href)).toEqual([
		null,
		'https://github.com/o/r/tasks/1',
		null
	]);
});

test('all that is waited for is said, a phrase a kind, and nobody is nobody', () => {
	const asked = { kind: 'github', what: 'how they failed' };
	const person = { kind: 'person', what: 'to mend the checks' };
	expect(allWaits([asked, person, ...CHECKS])).toEqual([
		'GitHub to say how they failed',
		'a person to mend the checks',
		'CI: lint, unit, types'
	]);
	expect(allWaits([{ kind: 'nobody', what: 'it is over' }])).toEqual([]);
});
