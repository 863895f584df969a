import { expect, test } from 'vitest';
import { isDone, matching, needOf, needOfRepository, toggled } from './needs.ts';
import type { Need, Repository, Workflow } from './needs.ts';

const REPOSITORY = { id: 7, full_name: 'octo/pump', html_url: 'https://gh/octo/pump' };

function aWorkflow(over: object = {}): Workflow {
	return {
		repository: REPOSITORY,
		issue: { number: 5, title: 'Mend the pump', html_url: 'https://gh/octo/pump/issues/5' },
		stage: 'merge_ready',
		reason: 'approved and green',
		since: '2026-03-01T12:00:00Z',
		since_position: 40,
		position: 41,
		next_act: { kind: 'merge', label: 'Merge #9', html_url: 'https://gh/9', command: null },
		...over
	} as unknown as Workflow;
}

function aRepository(over: object = {}): Repository {
	return {
		...REPOSITORY,
		health: 'ok',
		claim: null,
		paused: null,
		mode: 'shadow',
		attention: 'running',
		acting_user: null,
		...over
	} as unknown as Repository;
}

test('a workflow’s next act is at GitHub, or a command here', () => {
	expect(needOf(aWorkflow()).act).toEqual({ label: 'Merge #9', at: 'https://gh/9', command: null });
	const retry = { kind: 'retry', label: 'Retry', html_url: 'https://gh/9', command: 'retry' };
	expect(needOf(aWorkflow({ next_act: retry })).act).toEqual({
		label: 'Retry',
		at: null,
		command: 'retry'
	});
});

test('a command that asks for more than a reason is given on the workflow’s page', () => {
	const link = { kind: 'link', label: 'Say whether', html_url: null, command: 'link' };
	expect(needOf(aWorkflow({ next_act: link })).act).toEqual({
		label: 'Say whether',
		at: null,
		command: null
	});
});

test('a repository is listed for what is wrong with itself, not with its workflows', () => {
	expect(needOfRepository(aRepository())).toBeNull();
	expect(needOfRepository(aRepository({ attention: 'needs_human' }))).toBeNull();
	expect(needOfRepository(aRepository({ health: 'suspended' }))?.title).toContain('suspended');
	const paused = aRepository({
		attention: 'stuck',
		paused: { where: 'lane', reason: 'a release is out' }
	});
	expect(needOfRepository(paused)).toMatchObject({
		reason: 'a release is out',
		act: { command: 'resume' }
	});
	const invalid = aRepository({
		attention: 'needs_human',
		policy_problem: 'mode: expected live',
		next_act: { kind: 'fix_policy', label: 'Fix policy', html_url: null, command: null }
	});
	expect(needOfRepository(invalid)).toMatchObject({
		reason: 'mode: expected live. What held before still does.',
		act: { label: 'Fix policy', at: null, command: null, isPolicy: true }
	});
});

test('a filter finds each of its words anywhere', () => {
	const needs = [needOf(aWorkflow())];
	expect(matching(needs, ' PUMP#5 green')).toHaveLength(1);
	expect(matching(needs, 'pump red')).toHaveLength(0);
});

test('what is done for now comes back when its stage changes, and by the same key again', () => {
	const need = needOf(aWorkflow());
	const done = toggled({ 'gone#1': 'x' }, need, [need]);
	expect(done).toEqual({ '7#5': 'merge_ready 40' });
	expect(isDone(need, done)).toBe(true);
	expect(isDone(needOf(aWorkflow({ since_position: 50 })), done)).toBe(false);
	expect(toggled(done, need, [need] as Need[])).toEqual({});
});
