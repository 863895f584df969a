import { reads } from '#lib/api/reads.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const read = reads(event);
	const dashboard = await read('/api/dashboard');
	// It has the first ones alone, by what they need; the others come in windows.
	const rest =
		dashboard.totals.repositories > dashboard.repositories.length
			? await read('/api/repositories', { params: { query: { limit: 200 } } })
			: null;
	return { title: 'Lanes', dashboard, rest };
};
