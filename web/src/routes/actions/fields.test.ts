import { expect, test } from 'vitest';
import { merged } from './fields.ts';
import type { Action } from './fields.ts';

const action = (position: number, state: Action['state']) =>
	({ id: `a${position}`, position, state }) as Action;

test('a window loaded anew stands over what was shown, and each action stands once', () => {
	const shown = [action(9, 'sent'), action(7, 'confirmed'), action(3, 'confirmed')];
	const anew = [action(11, 'requested'), action(9, 'confirmed')];
	expect(merged(shown, anew).map((each) => [each.position, each.state])).toEqual([
		[11, 'requested'],
		[9, 'confirmed'],
		[7, 'confirmed'],
		[3, 'confirmed']
	]);
});
