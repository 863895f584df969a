import { reads } from '#lib/api/reads.ts';
import type { PageLoad } from './$types';

/** How everything is set up now: no moment of the past is kept of it. */
export const load: PageLoad = async (event) => {
	const read = reads(event);
	return { title: 'Setup', setup: await read('/api/setup') };
};
