/**
 * Reading: what the `load` functions of pages ask the API.
 *
 * A page's reads carry the moment in its address (`as_of`), wait for the position that its reader
 * has already seen (`min_position`), and outlast a service that does not answer for a while: a
 * page that is shown stays, and goes on once there is an answer.
 */
import { error } from '@sveltejs/kit';
import createClient from 'openapi-fetch';
import type { FetchOptions } from 'openapi-fetch';
import type { PathsWithMethod, SuccessResponseJSON } from 'openapi-typescript-helpers';
import { clock } from '#lib/now.svelte.ts';
import { connection } from './connection.svelte.ts';
import { AS_OF, WAITS } from './generated/reads.ts';
import type { paths } from './generated/schema.ts';
import { problemIn } from './problem.ts';

export type ReadPath = PathsWithMethod<paths, 'get'>;
export type Options<P extends ReadPath> = FetchOptions<paths[P]['get']>;
export type Answer<P extends ReadPath> = SuccessResponseJSON<paths[P]['get'] & {}>;
export type Read = <P extends ReadPath>(path: P, options?: Options<P>) => Promise<Answer<P>>;

/** What a page's data hangs on: `invalidate(PAGE)` loads it anew. */
export const PAGE = 'app:page';

const RETRY_MILLISECONDS = 1000;
const MOST_RETRIES = 5; // of a service that answers that it is busy

/** The position that reads must reflect: of the newest change that was seen, or made, here. */
let wanted = 0;

/** Has all reads from now on reflect a position. */
export function reflect(position: number): void {
	wanted = Math.max(wanted, position);
}

/** What a `load` function is handed, of which a read outside of one has but the address. */
interface Loading {
	url: URL;
	depends: (name: 'app:page') => void;
	untrack?: <T>(read: () => T) => T;
}

/** What the stream had told of when a page's data was last asked for, by the page's path. */
const told = new Map<string, number>();
const MOST_TOLD = 50; // pages, many of which were only pointed at

/** Returns the position up to which a page's data has all that happened. */
export function toldBefore(path: string): number {
	return told.get(path) ?? connection.told;
}

/** Returns what asks the API at the moment that an address names; for `load`, which has one. */
export function reads({ url, depends, untrack }: Loading): Read {
	depends(PAGE);
	if (untrack) began(untrack(() => url.pathname));
	const asOf = url.searchParams.get('as_of');
	const client = createClient<paths>({ baseUrl: url.origin, fetch: lasting });
	client.use({
		onRequest({ request, schemaPath, params }) {
			const asked = new URL(request.url);
			if (asOf && AS_OF.has(schemaPath) && params.query?.['as_of'] === undefined)
				asked.searchParams.set('as_of', asOf);
			if (!asOf && wanted && WAITS.has(schemaPath))
				asked.searchParams.set('min_position', String(wanted));
			return new Request(asked, request);
		}
	});
	return async (path, options) => {
		const get = client.GET as (
			path: string,
			options: unknown
		) => Promise<{ response: Response; data?: unknown; error?: unknown }>;
		const { response, data, error: told } = await get(path, options ?? {});
		if (response.ok) return data as never;
		if (response.status === 401) connection.ended();
		const problem = problemIn(response, told);
		error(response.status, { message: problem.detail, problem });
	};
}

function began(path: string): void {
	told.delete(path); // so that it is the newest
	told.set(path, connection.told);
	const [oldest] = told.keys();
	if (told.size > MOST_TOLD && oldest !== undefined) told.delete(oldest);
}

/** Asks again while nothing answers, and a few times where the service says that it is busy. */
async function lasting(request: Request): Promise<Response> {
	for (let tries = 0; ; tries += 1) {
		try {
			const answer = await fetch(request.clone(), { headers: request.headers });
			const isNow = !new URL(request.url).searchParams.has('as_of');
			clock.hear(answer.headers.get('date'));
			connection.answered(isNow ? Number(answer.headers.get('x-log-position') ?? 0) : 0);
			if (answer.status !== 503 || tries >= MOST_RETRIES) return answer;
		} catch (failure) {
			if (request.signal.aborted || !(failure instanceof TypeError)) throw failure;
			connection.silent();
		}
		await connection.worthTrying(RETRY_MILLISECONDS);
	}
}
