import { reads } from '#lib/api/reads.ts';
import { valuesOf } from '#lib/filters.ts';
import type { LayoutLoad } from './$types';
import { FIELDS, questionOf } from './fields.ts';

export const load: LayoutLoad = async (event) => {
	const values = valuesOf(event.url.searchParams, FIELDS);
	const query = questionOf(values);
	const first = await reads(event)('/api/actions', { params: { query } });
	const which = `${JSON.stringify(values)} ${event.url.searchParams.get('as_of')}`;
	return { title: 'Actions', values, first, which };
};
