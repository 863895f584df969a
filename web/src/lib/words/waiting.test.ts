import { expect, test } from 'vitest';
import { waitsFor } from './waiting.ts';

test('it is said whom something waits for', () => {
	expect(waitsFor([])).toBe('');
	expect(waitsFor([{ kind: 'copilot', what: 'to open a pull request' }])).toBe(
		'Copilot to open a pull request'
	);
	expect(waitsFor([{ kind: 'turn', what: 'its turn in the lane' }])).toBe('Its turn');
	expect(waitsFor(['lint', 'unit', 'types'].map((what) => ({ kind: 'check', what })))).toBe(
		'CI: lint, unit and 1 more'
	);
	expect(waitsFor([{ kind: 'of_tomorrow', what: 'x' }])).toBe('of tomorrow x');
});
