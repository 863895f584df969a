import { reads } from '#lib/api/reads.ts';
import { error } from '@sveltejs/kit';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const position = Number(event.params.position);
	if (!Number.isSafeInteger(position) || position < 1)
		error(404, 'That is no position of the log.');
	const detail = await reads(event)('/api/events/{position}', { params: { path: { position } } });
	return { title: `Event ${position}`, detail };
};
