/** Where things have their pages. Each keeps the moment that is shown. */
import { moment } from './moment.svelte.ts';

interface Named {
	full_name: string;
}

function kept(path: string, query: Record<string, string | number | undefined> = {}): string {
	const asked = new URLSearchParams();
	for (const [name, value] of Object.entries(query))
		if (value !== undefined) asked.set(name, String(value));
	if (moment.asOf !== null) asked.set('as_of', moment.asOf);
	const search = asked.toString();
	return search ? `${path}?${search}` : path;
}

export const to = {
	needsYou: () => kept('/'),
	lanes: () => kept('/lanes'),
	events: (query: Record<string, string | number | undefined> = {}) => kept('/events', query),
	event: (position: number) => kept(`/events/${position}`),
	actions: (query: Record<string, string | number | undefined> = {}) => kept('/actions', query),
	action: (id: string) => kept(`/actions/${id}`),
	commands: (query: Record<string, string | number | undefined> = {}) => kept('/commands', query),
	costs: (query: Record<string, string | number | undefined> = {}) => kept('/costs', query),
	repository: (repository: Named) => kept(`/r/${repository.full_name}`),
	policy: (repository: Named) => kept(`/r/${repository.full_name}/policy`),
	workflow: (repository: Named, issue: number) => kept(`/r/${repository.full_name}/${issue}`),
	account: () => kept('/account'),
	setup: () => '/setup'
};
