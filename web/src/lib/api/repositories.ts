/** Repositories by their names, former ones too. */
import { error } from '@sveltejs/kit';
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
