import { reads } from '#lib/api/reads.ts';
import type { Read } from '#lib/api/reads.ts';
import { error } from '@sveltejs/kit';
import type { PageLoad } from './$types';
import type { Entered } from './strip.ts';

const MOST_ACTIONS = 200;

export const load: PageLoad = async (event) => {
	const issue = Number(event.params.issue);
	if (!Number.isSafeInteger(issue) || issue < 1) error(404, 'That is no number of an issue.');
	const read = reads(event);
	const isPast = event.url.searchParams.has('as_of');
	const { repository } = await event.parent();
	const path = { repository_id: repository.id, issue_number: issue };
	const query = { repository: repository.id, issue, limit: MOST_ACTIONS };
	const [explanation, timeline, actions, standings] = await Promise.all([
		read('/api/repositories/{repository_id}/workflows/{issue_number}/explain', {
			params: { path }
		}),
		wholeTimeline(isPast ? reads({ ...event, url: now(event.url) }) : read, read, path),
		read('/api/actions', { params: { query } }),
		isPast
			? null
			: read('/api/repositories/{repository_id}/workflows/{issue_number}/commands', {
					params: { path }
				})
	]);
	const failure = explanation.workflow.failure;
	return {
		title: `#${issue} ${explanation.workflow.issue.title ?? ''} · ${repository.full_name}`,
		about: { repository: repository.id, issue },
		explanation,
		timeline,
		actions: actions.items,
		commands: standings?.items ?? null,
		failure: failure ? await toldAt(read, failure.position) : null
	};
};

/** The event that told how checks failed; what it says is not worth the whole page. */
async function toldAt(read: Read, position: number) {
	try {
		return await read('/api/events/{position}', { params: { path: { position } } });
	} catch {
		return null;
	}
}

/** All stages up to now, also where the page shows the past: one steps back and forth in it. */
async function wholeTimeline(
	live: Read,
	then: Read,
	path: { repository_id: number; issue_number: number }
): Promise<Entered[]> {
	const show = '/api/repositories/{repository_id}/workflows/{issue_number}';
	try {
		return (await live(show, { params: { path } })).timeline;
	} catch {
		return (await then(show, { params: { path } })).timeline; // it is a workflow no more
	}
}

function now(url: URL): URL {
	const live = new URL(url);
	live.searchParams.delete('as_of');
	return live;
}
