import { reads } from '#lib/api/reads.ts';
import type { PageLoad } from './$types';

/** Who one is here, and what holds in one's name; a program's token has none of the latter. */
export const load: PageLoad = async (event) => {
	const read = reads(event);
	const { me } = await event.parent();
	const isSession = me?.means === 'session';
	const [sessions, tokens, consents] = await Promise.all([
		isSession ? read('/api/sessions') : null,
		me && me.means !== 'api_token' ? read('/api/tokens') : null,
		me?.actor ? read('/api/consents') : null
	]);
	return {
		title: 'Account',
		sessions: sessions?.items ?? null,
		tokens: tokens?.items ?? null,
		consents: consents?.items ?? null
	};
};
