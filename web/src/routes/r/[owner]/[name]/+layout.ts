import { reads } from '#lib/api/reads.ts';
import { findRepository } from '#lib/api/repositories.ts';
import { redirect } from '@sveltejs/kit';
import type { LayoutLoad } from './$types';

/** Whose pages these are; an address that names it as it was called before leads to its own. */
export const load: LayoutLoad = async (event) => {
	const asked = `${event.params.owner}/${event.params.name}`;
	const repository = await findRepository(reads(event), asked);
	if (repository.full_name !== asked) {
		const { pathname, search } = event.url;
		redirect(307, pathname.replace(`/r/${asked}`, `/r/${repository.full_name}`) + search);
	}
	return { repository, about: { repository: repository.id } };
};
