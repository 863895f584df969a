import { AS_OF } from '#lib/api/generated/reads.ts';
import { reads } from '#lib/api/reads.ts';
import { lacks } from '#lib/commands/rights.ts';
import { asked, eventsUpTo } from './asking.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const read = reads(event);
	const { repository, me } = await event.parent();
	const path = { repository_id: repository.id };
	const asOf = event.url.searchParams.get('as_of');
	const operates = lacks(me, repository.id, 'operator') === null;
	const [workflows, queue, policy, standings, events, acting, checks, detail] = await Promise.all([
		asOf && !AS_OF.has('/api/workflows')
			? read('/api/repositories/{repository_id}/workflows', {
					params: { path, query: { limit: 200 } }
				})
			: read('/api/workflows', { params: { query: asked(repository.id, event.url.searchParams) } }),
		read('/api/repositories/{repository_id}/queue', { params: { path, query: { limit: 200 } } }),
		read('/api/repositories/{repository_id}/policy', { params: { path } }),
		asOf ? null : read('/api/repositories/{repository_id}/commands', { params: { path } }),
		read('/api/events', {
			params: { query: { repository: repository.id, limit: 10, ...eventsUpTo(asOf) } }
		}),
		operates && !asOf
			? read('/api/repositories/{repository_id}/acting-users', { params: { path } })
			: null,
		asOf ? null : read('/api/repositories/{repository_id}/checks', { params: { path } }),
		read('/api/repositories/{repository_id}', { params: { path } })
	]);
	return {
		title: repository.full_name,
		workflows,
		queue,
		policy,
		standings: standings?.items ?? [],
		events: events.items,
		acting,
		checks: checks?.items ?? null,
		costs: detail.costs
	};
};
