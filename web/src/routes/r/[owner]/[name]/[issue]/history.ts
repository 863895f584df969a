/** What led here, grouped by its cause: what GitHub told, and all that followed from it. */
import type { components } from '#lib/api/generated/schema.ts';

export type ChainItem = components['schemas']['ChainItem'];

export interface Follower extends ChainItem {
	/** How many causes lie between it and the group's first. */
	depth: number;
}

export interface Group {
	first: ChainItem;
	followers: Follower[];
}

const DEEPEST = 4;

/**
 * Groups a chain by what began each part of it, the newest first; a group's own order is the log's.
 *
 * Steps of one position belong to one event, so the first of them stands for the others.
 */
export function groupsOf(chain: readonly ChainItem[]): Group[] {
	const groups: Group[] = [];
	const places = new Map<number, { group: Group; depth: number }>();
	for (const item of chain) {
		const cause = places.get(item.position) ?? places.get(item.caused_by ?? 0);
		if (cause) {
			const depth = Math.min(DEEPEST, cause.depth + 1);
			cause.group.followers.push({ ...item, depth });
			if (!places.has(item.position)) places.set(item.position, { group: cause.group, depth });
		} else {
			const group = { first: item, followers: [] };
			groups.push(group);
			places.set(item.position, { group, depth: 0 });
		}
	}
	return groups.reverse();
}
