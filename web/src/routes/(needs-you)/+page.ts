import { AS_OF } from '#lib/api/generated/reads.ts';
import { reads } from '#lib/api/reads.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const read = reads(event);
	// A list of another moment than the one that the page claims to show would be worse than none.
	const isKnown = !event.url.searchParams.has('as_of') || AS_OF.has('/api/workflows');
	const [workflows, dashboard] = await Promise.all([
		isKnown
			? read('/api/workflows', {
					params: { query: { attention: ['needs_human'], order: 'waiting', limit: 200 } }
				})
			: null,
		read('/api/dashboard')
	]);
	return { title: 'Needs you', workflows, dashboard };
};
