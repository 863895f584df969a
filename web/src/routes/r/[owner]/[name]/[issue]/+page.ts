import { reads } from '#lib/api/reads.ts';
import type { Answer, Read } from '#lib/api/reads.ts';
import { error } from '@sveltejs/kit';
import type { PageLoad } from './$types';

const MOST_ACTIONS = 200;
const SHOW = '/api/repositories/{repository_id}/workflows/{issue_number}';

type Workflow = Answer<typeof SHOW>;

export const load: PageLoad = async (event) => {
	const issue = Number(event.params.issue);
	if (!Number.isSafeInteger(issue) || issue < 1) error(404, 'That is no number of an issue.');
	const read = reads(event);
	const isPast = event.url.searchParams.has('as_of');
	const { repository } = await event.parent();
	const path = { repository_id: repository.id, issue_number: issue };
	const query = { repository: repository.id, issue, limit: MOST_ACTIONS };
	const [explanation, whole, actions, standings, then] = await Promise.all([
		read('/api/repositories/{repository_id}/workflows/{issue_number}/explain', {
			params: { path }
		}),
		live(isPast ? reads({ ...event, url: now(event.url) }) : read, read, path),
		read('/api/actions', { params: { query } }),
		isPast
			? null
			: read('/api/repositories/{repository_id}/workflows/{issue_number}/commands', {
					params: { path }
				}),
		isPast ? read(SHOW, { params: { path } }) : null
	]);
	const failure = explanation.workflow.failure;
	return {
		title: `#${issue} ${explanation.workflow.issue.title ?? ''} · ${repository.full_name}`,
		about: { repository: repository.id, issue },
		explanation,
		timeline: whole.timeline,
		costs: (then ?? whole).costs,
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

/** The workflow as it is now, also where the page shows the past: one steps back and forth in its timeline. */
async function live(
	read: Read,
	then: Read,
	path: { repository_id: number; issue_number: number }
): Promise<Workflow> {
	try {
		return await read(SHOW, { params: { path } });
	} catch {
		return await then(SHOW, { params: { path } }); // it is a workflow no more
	}
}

function now(url: URL): URL {
	const live = new URL(url);
	live.searchParams.delete('as_of');
	return live;
}
