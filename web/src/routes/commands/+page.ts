import { reads } from '#lib/api/reads.ts';
import { valuesOf } from '#lib/filters.ts';
import type { PageLoad } from './$types';
import { FIELDS, questionOf } from './fields.ts';

export const load: PageLoad = async (event) => {
	const { searchParams } = event.url;
	const values = valuesOf(searchParams, FIELDS);
	const asOf = searchParams.get('as_of');
	const query = questionOf(values, asOf);
	const first = await reads(event)('/api/commands', { params: { query } });
	return { title: 'Commands', values, first, list: JSON.stringify(query) };
};
