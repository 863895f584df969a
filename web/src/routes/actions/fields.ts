/** The filters of the list of actions, and what they are as a question to the API. */
import type { components } from '#lib/api/generated/schema.ts';
import type { Field, Values } from '#lib/filters.ts';

export type Action = components['schemas']['ActionItem'];

const KINDS: readonly Action['kind'][] = [
	'assign',
	'ask_to_fix_ci',
	'ask_to_address_review',
	'ask_to_resolve_conflicts',
	'mark_ready',
	'request_copilot_review',
	'set_label',
	'merge',
	'hand_to_person',
	'rerun_failed_jobs',
	'enable_agent_merge',
	'disable_agent_merge'
];
const OUTCOMES: readonly Action['outcome'][] = ['requested', 'succeeded', 'failed', 'cancelled'];
const MODES: readonly Action['mode'][] = ['live', 'shadow'];

export const FIELDS: readonly Field[] = [
	{ name: 'q', label: 'Search', kind: 'text' },
	{ name: 'kind', label: 'Kind', kind: 'choice', choices: KINDS },
	{ name: 'mode', label: 'Mode', kind: 'choice', choices: MODES },
	{ name: 'outcome', label: 'Outcome', kind: 'choice', choices: OUTCOMES },
	{ name: 'confirmed', label: 'Confirmed by GitHub', kind: 'choice', choices: ['true', 'false'] },
	{ name: 'repository', label: 'Repository', kind: 'text', hint: 'owner/name' },
	{ name: 'issue', label: 'Issue', kind: 'number' },
	{ name: 'pull_request', label: 'Pull request', kind: 'number' },
	{ name: 'since', label: 'Requested since', kind: 'time' },
	{ name: 'until', label: 'Requested until', kind: 'time' }
];

export const WINDOW = 200;

/** Returns the question for the newest actions that match. */
export function questionOf(values: Values): Record<string, string | number> {
	return { ...values, limit: WINDOW };
}

/** Puts a window that was loaded anew over what was shown, newest first; each action once. */
export function merged(shown: readonly Action[], anew: readonly Action[]): Action[] {
	const all = new Map([...shown, ...anew].map((action) => [action.id, action]));
	return [...all.values()].sort((one, other) => other.position - one.position);
}
