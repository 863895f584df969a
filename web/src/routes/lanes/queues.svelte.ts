/** The queues of lanes that are looked at: each is read when its lane comes into view, and when it changed. */
import { reads } from '#lib/api/reads.ts';
import type { Queued } from '#lib/commands/QueueOrder.svelte';
import type { Repository } from './lanes.ts';

export interface Queue {
	issues: Queued[];
	failed: string;
}

const MOST = 200;

export class Queues {
	#read = $state.raw<ReadonlyMap<number, Queue>>(new Map());
	#asked = new Map<number, string>();

	of(repository: Repository): Queue | undefined {
		return this.#read.get(repository.id);
	}

	/** Reads the queue of a lane, unless it was read since anything happened there. */
	async look(repository: Repository, moment: string | null): Promise<void> {
		const state = `${moment} ${repository.event_count} ${repository.queue_depth}`;
		if (this.#asked.get(repository.id) === state) return;
		this.#asked.set(repository.id, state);
		const queue = repository.queue_depth ? await read(repository.id) : { issues: [], failed: '' };
		if (this.#asked.get(repository.id) === state)
			this.#read = new Map([...this.#read, [repository.id, queue]]);
	}
}

async function read(id: number): Promise<Queue> {
	const ask = reads({ url: new URL(location.href), depends: () => undefined });
	try {
		const { items } = await ask('/api/repositories/{repository_id}/queue', {
			params: { path: { repository_id: id }, query: { limit: MOST } }
		});
		return {
			issues: items.map(({ issue, stage, reason }) => ({
				number: issue.number,
				title: issue.title,
				stage,
				reason
			})),
			failed: ''
		};
	} catch (failure) {
		return {
			issues: [],
			failed: (failure as { body?: App.Error }).body?.message ?? String(failure)
		};
	}
}
