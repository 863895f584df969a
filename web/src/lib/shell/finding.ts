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
	const [repositories, workflows] = await Promise.all([
		found<Repository>('repositories', { q: text }, signal),
		found<Workflow>('workflows', { q: text }, signal)
	]);
	return [
		...named(text),
		...repositories.map((each) => ({
			kind: 'Repository',
			label: each.full_name,
			href: to.repository(each)
		})),
		...workflows.map((each) => ({
			kind: 'Issue',
			label: each.issue.title ?? `#${each.issue.number}`,
			hint: `${each.repository.full_name}#${each.issue.number}`,
			href: to.workflow(each.repository, each.issue.number)
		}))
	];
}

/** Returns what is named so exactly that nobody needs to be asked: a position, or owner/name#5. */
function named(text: string): Found[] {
	const position = /^#?(\d{1,18})$/.exec(text)?.[1];
	if (position)
		return [{ kind: 'Event', label: `Event ${position}`, href: to.event(Number(position)) }];
	const [, name, issue] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(text) ?? [];
	if (!name || !issue) return [];
	const href = to.workflow({ full_name: name }, Number(issue));
	return [{ kind: 'Issue', label: text, href }];
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
