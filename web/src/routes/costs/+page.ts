import { reads } from '#lib/api/reads.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const month = event.url.searchParams.get('month');
	const query = { limit: 200, ...(month === null ? {} : { month }) };
	const first = await reads(event)('/api/costs', { params: { query } });
	return { title: 'Costs', first };
};
