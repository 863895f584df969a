import { reads } from '#lib/api/reads.ts';
import { valuesOf } from '#lib/filters.ts';
import type { LayoutLoad } from './$types';
import { FIELDS, matcherOf, questionOf } from './fields.ts';

export const load: LayoutLoad = async (event) => {
	const { searchParams } = event.url;
	const values = valuesOf(searchParams, FIELDS);
	const asOf = searchParams.get('as_of');
	const query = questionOf(values, asOf);
	const first = await reads(event)('/api/events', { params: { query } });
	const asked = new URLSearchParams(
		Object.entries(query).map(([name, value]) => [name, String(value)])
	);
	return {
		title: 'Events',
		values,
		first,
		asked: { path: `/api/events?${asked}`, matches: matcherOf(values) }
	};
};
