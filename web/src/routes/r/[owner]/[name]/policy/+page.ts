import { reads } from '#lib/api/reads.ts';
import { eventsUpTo } from '../asking.ts';
import { fileOf } from './file.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const read = reads(event);
	const { repository } = await event.parent();
	const upTo = eventsUpTo(event.url.searchParams.get('as_of'));
	const [policy, changes] = await Promise.all([
		read('/api/repositories/{repository_id}/policy', {
			params: { path: { repository_id: repository.id } }
		}),
		read('/api/events', {
			params: {
				query: { repository: repository.id, type: 'policy', action: 'changed', limit: 1, ...upTo }
			}
		})
	]);
	const newest = changes.items[0];
	const told = newest
		? await read('/api/events/{position}', { params: { path: { position: newest.position } } })
		: null;
	return { title: `Policy of ${repository.full_name}`, policy, file: fileOf(told) };
};
