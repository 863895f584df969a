/** Trying a policy file before it is committed. */
import { ApiProblem, problemOf } from '#lib/api/problem.ts';
import type { components } from '#lib/api/generated/schema.ts';

export type Check = components['schemas']['PolicyCheck'];

/** Asks what is wrong with a file; throws ApiProblem, or TypeError where nothing answers. */
export async function check(text: string, signal: AbortSignal): Promise<Check> {
	const answer = await fetch('/api/policy/check', {
		method: 'POST',
		headers: { 'Content-Type': 'text/yaml', 'X-Orchestrator-Request': 'dashboard' },
		body: text,
		signal
	});
	if (!answer.ok) throw new ApiProblem(await problemOf(answer));
	return (await answer.json()) as Check;
}
