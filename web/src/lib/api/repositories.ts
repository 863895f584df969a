/** Repositories by their names, former ones too, and their names by their ids. */
import { error } from '@sveltejs/kit';
import { SvelteMap } from 'svelte/reactivity';
import type { components } from './generated/schema.ts';
import type { Read } from './reads.ts';

export type Repository = components['schemas']['RepositoryItem'];

/** Finds a repository by `owner/name`; shows the page of errors where there is none. */
export async function findRepository(read: Read, fullName: string): Promise<Repository> {
	const query = { repository: fullName, limit: 1 };
	const { items } = await read('/api/repositories', { params: { query } });
	const found = items[0];
	if (!found) error(404, `No repository within your reach is, or was, called ${fullName}.`);
	return found;
}

const names = new SvelteMap<number, string>();
const asked = new Set<number>();

/**
 * Returns what a repository is called, for lists that know ids alone; undefined until it is known.
 *
 * Each is asked for once for as long as the page is open.
 */
export function nameOf(id: number): string | undefined {
	if (!asked.has(id)) {
		asked.add(id);
		void ask(id);
	}
	return names.get(id);
}

async function ask(id: number): Promise<void> {
	try {
		const answer = await fetch(`/api/repositories/${id}`);
		if (answer.ok) names.set(id, ((await answer.json()) as Repository).full_name);
	} catch {
		asked.delete(id); // nothing answered; whoever asks next finds out
	}
}
