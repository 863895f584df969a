import { reads } from '#lib/api/reads.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const params = { path: { action_id: event.params.id } };
	const action = await reads(event)('/api/actions/{action_id}', { params });
	return { title: 'Action', action };
};
