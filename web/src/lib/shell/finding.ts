/** What the command palette finds: places, repositories, issues, events and what can be done here. */
import type { Me } from '../../routes/+layout.ts';
import { to } from '#lib/links.ts';
import { chosen, THEMES } from '#lib/theme.svelte.ts';
import type { Theme } from '#lib/theme.svelte.ts';

export interface Found {
	kind: string;
	label: string;
	hint?: string;
	href?: string;
	run?: () => void;
	/** Why it cannot be done now, as the API would refuse it. */
	whyNot?: string;
	/** Whether the page it leads to is none of the dashboard's own. */
	elsewhere?: boolean;
}

interface Repository {
	full_name: string;
}
interface LogEvent {
	position: number;
	type: string;
	action: string | null;
}
interface Workflow {
	repository: Repository;
	issue: { number: number; title: string | null };
	stage: string | null;
}

const MOST = 8;
const LONGEST = 100; // characters that a list is searched for
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns the places, the settings and what can be done here that fit what was typed. */
export function places(typed: string, me: Me, own: Found[]): Found[] {
	const all: Found[] = [
		{ kind: 'Go to', label: 'Needs you', href: to.needsYou() },
		{ kind: 'Go to', label: 'Lanes', href: to.lanes() },
		{ kind: 'Go to', label: 'Events', href: to.events() },
		{ kind: 'Go to', label: 'Actions', href: to.actions() },
		{ kind: 'Go to', label: 'Commands', href: to.commands() },
		{ kind: 'Go to', label: 'Costs', href: to.costs() },
		{ kind: 'Settings', label: 'Account', href: to.account() },
		...(me.is_administrator ? [{ kind: 'Settings', label: 'Setup', href: to.setup() }] : []),
		{ kind: 'Settings', label: 'The API, described', href: '/docs', elsewhere: true },
		...(Object.keys(THEMES) as Theme[]).map((each) => ({
			kind: 'Settings',
			label: `Theme: ${THEMES[each].toLowerCase()}`,
			...(each === chosen.theme ? { hint: 'chosen' } : {}),
			run: () => chosen.choose(each)
		})),
		...own
	];
	return all.filter((each) => fits(typed, `${each.kind} ${each.label}`));
}

/** Returns what the service has of what was typed: of all that there is, not of what is shown. */
export async function things(typed: string, signal: AbortSignal): Promise<Found[]> {
	const text = typed.trim().slice(0, LONGEST);
	if (!text) return [];
	if (ID.test(text)) return (await found<LogEvent>('events', { id: text }, signal)).map(asEvent);
	const [repositories, titled, numbered] = await Promise.all([
		found<Repository>('repositories', { q: text }, signal),
		found<Workflow>('workflows', { q: text }, signal),
		byNumber(text, signal)
	]);
	return [
		...positioned(text),
		...numbered.map(asIssue),
		...repositories.map((each) => ({
			kind: 'Repository',
			label: each.full_name,
			href: to.repository(each)
		})),
		...titled.map(asIssue)
	];
}

/** Returns what nobody needs to be asked for: an event by its position. */
function positioned(text: string): Found[] {
	const position = /^#?(\d{1,18})$/.exec(text)?.[1];
	if (!position) return [];
	return [{ kind: 'Event', label: `Event ${position}`, href: to.event(Number(position)) }];
}

/** Finds issues by their number, of repositories whose names contain what stands before it. */
async function byNumber(text: string, signal: AbortSignal): Promise<Workflow[]> {
	const [, name, issue] = /^([\w./-]*)#(\d{1,9})$/.exec(text) ?? [];
	if (!issue) return [];
	if (!name) return found<Workflow>('workflows', { issue }, signal);
	const repositories = await found<Repository>('repositories', { q: name }, signal);
	const asked = repositories.map(({ full_name }) =>
		found<Workflow>('workflows', { issue, repository: full_name }, signal)
	);
	return (await Promise.all(asked)).flat();
}

function asIssue({ repository, issue }: Workflow): Found {
	return {
		kind: 'Issue',
		label: issue.title ?? `#${issue.number}`,
		hint: `${repository.full_name}#${issue.number}`,
		href: to.workflow(repository, issue.number)
	};
}

function asEvent({ position, type, action }: LogEvent): Found {
	const what = [type, action].filter(Boolean).join(' ').replaceAll('_', ' ');
	return { kind: 'Event', label: `Event ${position}`, hint: what, href: to.event(position) };
}

function fits(typed: string, label: string): boolean {
	const text = label.toLowerCase();
	return typed
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));
}

async function found<T>(
	list: string,
	asked: Record<string, string>,
	signal: AbortSignal
): Promise<T[]> {
	const query = new URLSearchParams({ limit: String(MOST), ...asked });
	const answer = await fetch(`/api/${list}?${query}`, { signal });
	return answer.ok ? ((await answer.json()) as { items: T[] }).items : [];
}
