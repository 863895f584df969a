import { reads } from '#lib/api/reads.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async (event) => {
	const read = reads(event);
	const { me } = await event.parent();
	const sessions = me?.means === 'session' ? (await read('/api/sessions')).items : [];
	return { title: 'Sessions', sessions };
};
