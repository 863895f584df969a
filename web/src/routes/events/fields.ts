/** The filters of the log, and what they are as a question to the API. */
import type { LogEvent } from '#lib/api/live.svelte.ts';
import type { Field, Values } from '#lib/filters.ts';

const TYPES = [
	'acting_user',
	'action',
	'administrator',
	'api_token',
	'app',
	'branch_protection_rule',
	'check_run',
	'check_suite',
	'consent',
	'github_app_authorization',
	'installation',
	'installation_repositories',
	'issue_comment',
	'issue_dependencies',
	'issues',
	'lane',
	'member',
	'membership',
	'merge_group',
	'organization',
	'ping',
	'policy',
	'pull_request',
	'pull_request_review',
	'pull_request_review_comment',
	'pull_request_review_thread',
	'push',
	'queue',
	'receiver',
	'repository',
	'repository_ruleset',
	'resync',
	'scope',
	'service',
	'session',
	'setting',
	'setup',
	'status',
	'sub_issues',
	'team',
	'team_add',
	'tenancy',
	'timer',
	'workflow',
	'workflow_run'
] as const;

export const FIELDS: readonly Field[] = [
	{ name: 'q', label: 'Search', kind: 'text' },
	{ name: 'type', label: 'Type', kind: 'text', choices: TYPES },
	{ name: 'action', label: 'Action', kind: 'text', hint: 'opened' },
	{ name: 'actor', label: 'Actor', kind: 'text', hint: 'a login' },
	{
		name: 'source',
		label: 'Source',
		kind: 'choice',
		choices: ['github', 'operator', 'orchestrator']
	},
	{ name: 'repository', label: 'Repository', kind: 'text', hint: 'owner/name' },
	{ name: 'issue', label: 'Issue', kind: 'number' },
	{ name: 'pull_request', label: 'Pull request', kind: 'number' },
	{ name: 'since', label: 'Since', kind: 'time' },
	{ name: 'until', label: 'Until', kind: 'time' },
	{ name: 'caused_by', label: 'Caused by event', kind: 'number' }
];

export const WINDOW = 200;

/** Returns the question for the newest events that match, up to the moment that is shown. */
export function questionOf(values: Values, asOf: string | null): Record<string, string | number> {
	const asked: Record<string, string | number> = { ...values, limit: WINDOW };
	if (asOf === null) return asked;
	if (/^\d+$/.test(asOf)) return { ...asked, before: Number(asOf) + 1 };
	const until = values['until'];
	return { ...asked, until: until && Date.parse(until) < Date.parse(asOf) ? until : asOf };
}

/** Filters that the stream's own columns answer; others are asked of the API. */
const COLUMNS: Record<string, (event: LogEvent, value: string) => boolean> = {
	type: (event, value) => event.type === value,
	action: (event, value) => event.action === value,
	source: (event, value) => event.source === value,
	since: (event, value) => Date.parse(event.recorded_at) >= Date.parse(value),
	until: (event, value) => Date.parse(event.recorded_at) < Date.parse(value)
};

/** Returns what tells whether a new event belongs into the list; null: the API must be asked. */
export function matcherOf(values: Values): ((event: LogEvent) => boolean) | null {
	const names = Object.keys(values);
	if (names.some((name) => !(name in COLUMNS))) return null;
	return (event) => names.every((name) => COLUMNS[name]?.(event, values[name] ?? ''));
}
