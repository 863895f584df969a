/** Lanes: the repositories in the order in which somebody looks at them. */
import type { components } from '#lib/api/generated/schema.ts';

export type Repository = components['schemas']['RepositoryItem'];
export type Attention = Repository['attention'];

export const ATTENTIONS: Record<Attention, string> = {
	needs_human: 'Need a person',
	stuck: 'Stuck',
	running: 'Running',
	idle: 'Idle'
};

const RANKS = Object.keys(ATTENTIONS);

/**
 * Returns all repositories once each, what needs a person first: those of the dashboard in its
 * order, then those that it had no room for, by the same rule.
 */
export function laneOrder(first: readonly Repository[], rest: readonly Repository[]): Repository[] {
	const known = new Set(first.map((each) => each.id));
	const all = [...first, ...rest.filter((each) => !known.has(each.id))];
	const rank = (each: Repository) => RANKS.indexOf(each.attention);
	const newest = (each: Repository) => each.last_event_at ?? '';
	return all.sort((a, b) => rank(a) - rank(b) || newest(b).localeCompare(newest(a)) || a.id - b.id);
}

/** Returns the lanes that say what somebody looks for, of one kind of need or of any. */
export function chosen(
	lanes: readonly Repository[],
	typed: string,
	attention: string | null
): Repository[] {
	const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
	return lanes.filter((lane) => {
		if (attention && lane.attention !== attention) return false;
		const active = lane.active.map((each) => `${each.issue.title} #${each.issue.number}`);
		const text = `${lane.full_name} ${lane.mode} ${active.join(' ')}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
}

/** Counts the lanes of each kind of need. */
export function countedBy(lanes: readonly Repository[]): Record<Attention, number> {
	const counts = { needs_human: 0, stuck: 0, running: 0, idle: 0 };
	for (const lane of lanes) counts[lane.attention] += 1;
	return counts;
}
