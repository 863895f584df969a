/**
 * Telling the service what to do: a POST with its reason, once, and pages that then show it.
 *
 * The answer names the position at which the command stands in the log; every read after it waits
 * for that position, so that nobody sees a page from before their own command.
 */
import { invalidate } from '$app/navigation';
import createClient from 'openapi-fetch';
import type { FetchOptions } from 'openapi-fetch';
import type { PathsWithMethod } from 'openapi-typescript-helpers';
import type { paths } from './generated/schema.ts';
import { ApiProblem, problemIn } from './problem.ts';
import { PAGE, reflect } from './reads.ts';

type Method = 'post' | 'put' | 'delete';
type Sent = { response: Response; data?: unknown; error?: unknown };

const OURS = { 'X-Orchestrator-Request': 'dashboard' };

/** Sends an operator's command and refreshes the page; throws ApiProblem with the 409's sentence. */
export async function command<P extends PathsWithMethod<paths, 'post'>>(
	path: P,
	options: Omit<FetchOptions<paths[P]['post']>, 'headers'>
): Promise<{ position: number }> {
	const headers = { 'Idempotency-Key': crypto.randomUUID() };
	const answer = await send('post', path, { ...options, headers });
	const position = Number((answer as { position?: number } | null)?.position ?? 0);
	if (position) reflect(position);
	await invalidate(PAGE);
	return { position };
}

/** Sends what changes something that is no command of the log, as ending a session. */
export async function send<M extends Method, P extends PathsWithMethod<paths, M>>(
	method: M,
	path: P,
	options: object = {}
): Promise<unknown> {
	const client = createClient<paths>({ baseUrl: location.origin });
	const given = { ...options, headers: { ...OURS, ...(options as { headers?: object }).headers } };
	const methods = { post: client.POST, put: client.PUT, delete: client.DELETE };
	const call = methods[method] as unknown as (path: string, options: object) => Promise<Sent>;
	const { response, data, error } = await call(path, given);
	if (!response.ok) throw new ApiProblem(problemIn(response, error));
	return data ?? null;
}
