/** The filters of the list of commands, what they are as a question to the API, and their words. */
import type { components } from '#lib/api/generated/schema.ts';
import type { Field, Values } from '#lib/filters.ts';
import { spoken } from '#lib/words/names.ts';

export type Command = components['schemas']['CommandItem'];

const WORDS: Record<string, string> = {
	'lane.paused': 'Pause',
	'lane.resumed': 'Resume',
	'lane.mode_set': 'Set mode',
	'queue.reordered': 'Order the queue',
	'scope.paused': 'Pause',
	'scope.resumed': 'Resume',
	'tenancy.accepted': 'Accept installation',
	'workflow.enqueued': 'Enqueue',
	'workflow.linked': 'Link',
	'workflow.released': 'Release',
	'workflow.retried': 'Retry',
	'workflow.skipped': 'Skip',
	'workflow.taken_over': 'Take over'
};

/** In a choice of all of them, where nothing else says of what they are. */
const CHOICES = {
	...WORDS,
	'lane.paused': 'Pause a repository',
	'lane.resumed': 'Resume a repository',
	'scope.paused': 'Pause an installation or everything',
	'scope.resumed': 'Resume an installation or everything'
};

export const FIELDS: readonly Field[] = [
	{ name: 'q', label: 'Search', kind: 'text' },
	{
		name: 'command',
		label: 'Command',
		kind: 'choice',
		choices: Object.keys(CHOICES),
		words: CHOICES
	},
	{ name: 'actor', label: 'By', kind: 'text', hint: 'a login' },
	{ name: 'repository', label: 'Repository', kind: 'text', hint: 'owner/name' },
	{ name: 'issue', label: 'Issue', kind: 'number' },
	{
		name: 'applied',
		label: 'Changed something',
		kind: 'choice',
		choices: ['true', 'false'],
		words: { true: 'yes', false: 'no' }
	},
	{ name: 'since', label: 'Since', kind: 'time' },
	{ name: 'until', label: 'Until', kind: 'time' }
];

const WINDOW = 200;

/** Returns the question for the newest commands that match, up to the moment that is shown. */
export function questionOf(values: Values, asOf: string | null): Record<string, string | number> {
	const asked: Record<string, string | number> = { ...values, limit: WINDOW };
	if (asOf === null) return asked;
	if (/^\d+$/.test(asOf)) return { ...asked, before: Number(asOf) + 1 };
	const until = values['until'];
	return { ...asked, until: until && Date.parse(until) < Date.parse(asOf) ? until : asOf };
}

/** Says what was commanded, with what it said besides: "Set mode: live". */
export function said({ command, details }: Pick<Command, 'command' | 'details'>): string {
	const word = WORDS[command] ?? spoken(command.replace('.', ' '));
	const more = further(details);
	return more ? `${word}: ${more}` : word;
}

function further(details: Command['details']): string {
	if ('mode' in details) return details['mode'] ? String(details['mode']) : 'as the policy says';
	if (Array.isArray(details['order']))
		return details['order'].map((number) => `#${number}`).join(', ') || 'as the policy orders';
	if ('pull_request_number' in details)
		return `#${details['pull_request_number']} ${details['works'] ? 'works on it' : 'does not'}`;
	if ('installation_id' in details)
		return details['installation_id'] ? String(details['installation_id']) : 'none';
	return '';
}
