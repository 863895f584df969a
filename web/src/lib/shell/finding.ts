/** What the command palette finds: places, repositories, issues, events and what can be done here. */
import type { Me } from '../../routes/+layout.ts';
import { SEARCHES } from '#lib/api/generated/reads.ts';
import { to } from '#lib/links.ts';

export interface Found {
	kind: string;
	label: string;
	hint?: string;
	href?: string;
	run?: () => void;
	/** Whether the page it leads to is none of the dashboard's own. */
	elsewhere?: boolean;
}

interface Repository {
	full_name: string;
}
interface Workflow {
	repository: Repository;
	issue: { number: number; title: string | null };
	stage: string | null;
}

const MOST = 8;

/** Returns the places and settings that fit what was typed. */
export function places(typed: string, me: Me, own: Found[]): Found[] {
	const all: Found[] = [
		{ kind: 'Go to', label: 'Needs you', href: to.needsYou() },
		{ kind: 'Go to', label: 'Lanes', href: to.lanes() },
		{ kind: 'Go to', label: 'Events', href: to.events() },
		{ kind: 'Go to', label: 'Actions', href: to.actions() },
		{ kind: 'Settings', label: 'Account', href: to.account() },
		...(me.is_administrator ? [{ kind: 'Settings', label: 'Setup', href: to.setup() }] : []),
		{ kind: 'Settings', label: 'The API, described', href: '/docs', elsewhere: true },
		...own
	];
	return all.filter((each) => fits(typed, `${each.kind} ${each.label}`));
}

/** Returns what the log and the read models have of what was typed. */
export async function things(typed: string, signal: AbortSignal): Promise<Found[]> {
	const text = typed.trim();
	if (!text) return [];
	const position = /^#?(\d{1,18})$/.exec(text)?.[1];
	const named = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(text);
	const [repositories, workflows] = await Promise.all([
		found<Repository>('/api/repositories', text, signal),
		found<Workflow>('/api/workflows', text, signal)
	]);
	return [
		...(position
			? [{ kind: 'Event', label: `Event ${position}`, href: to.event(Number(position)) }]
			: []),
		...(named
			? [
					{
						kind: 'Issue',
						label: text,
						href: to.workflow({ full_name: named[1] ?? '' }, Number(named[2]))
					}
				]
			: []),
		...repositories
			.filter((each) => fits(text, each.full_name))
			.map((each) => ({
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

function fits(typed: string, label: string): boolean {
	const text = label.toLowerCase();
	return typed
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));
}

/** Asks a list for what it has of a text; a list that cannot be searched gives its beginning. */
async function found<T>(path: string, text: string, signal: AbortSignal): Promise<T[]> {
	const query = SEARCHES.has(path) ? `?limit=${MOST}&q=${encodeURIComponent(text)}` : '?limit=200';
	const answer = await fetch(path + query, { signal });
	return answer.ok ? ((await answer.json()) as { items: T[] }).items : [];
}
