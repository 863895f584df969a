/** Finds the events between which time travel steps: those that concern what a page shows. */
import type { LogEvent } from '#lib/api/live.svelte.ts';

export interface About {
	repository?: number | undefined;
	issue?: number | undefined;
}

/** Asks for a page of events, newest first; tests hand in one of their own. */
export type Ask = (
	query: Record<string, string | number>
) => Promise<{ items: LogEvent[]; next: string | null }>;

const WINDOW = 200; // positions to begin with, the most that one page can hold

export const asking: Ask = async (query) => {
	const asked = new URLSearchParams(
		Object.entries(query).map(([name, value]) => [name, String(value)])
	);
	const answer = await fetch(`/api/events?${asked}`);
	return answer.ok ? await answer.json() : { items: [], next: null };
};

/** Returns the newest event before a position that concerns a page, null: there is none. */
export async function eventBefore(
	position: number,
	about: About,
	ask: Ask = asking
): Promise<LogEvent | null> {
	const { items } = await ask({ ...told(about), before: position, limit: 1 });
	return items[0] ?? null;
}

/**
 * Returns the oldest event after a position, up to the log's end, that concerns a page.
 *
 * Lists begin with the newest, so windows behind the position are looked through: larger ones
 * where nothing was, smaller ones where one page did not hold all.
 */
export async function eventAfter(
	position: number,
	head: number,
	about: About,
	ask: Ask = asking
): Promise<LogEvent | null> {
	let after = position;
	let size = WINDOW;
	while (after < head) {
		const { items, next } = await ask({
			...told(about),
			after,
			before: after + size + 1,
			limit: WINDOW
		});
		if (next && size > WINDOW) size = Math.max(WINDOW, Math.floor(size / 8));
		else if (items.length) return items.at(-1) ?? null;
		else {
			after += size;
			size *= 4;
		}
	}
	return null;
}

/** Returns the position at which the log stood at a time. */
export async function positionAt(time: string, ask: Ask = asking): Promise<number> {
	const { items } = await ask({ until: time, limit: 1 });
	return items[0]?.position ?? 1;
}

function told({ repository, issue }: About): Record<string, number> {
	return {
		...(repository === undefined ? {} : { repository }),
		...(issue === undefined ? {} : { issue })
	};
}
