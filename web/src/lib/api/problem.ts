import type { components } from './generated/schema.ts';

/** What the API says of a request that it did not serve (RFC 9457). */
export type Problem = components['schemas']['Problem'];

/** A request that was not served, with the API's own sentence as its message. */
export class ApiProblem extends Error {
	readonly problem: Problem;

	constructor(problem: Problem) {
		super(problem.detail);
		this.name = 'ApiProblem';
		this.problem = problem;
	}
}

/** Reads what an answer says went wrong; an answer of whatever stands before the service has no sentence. */
export async function problemOf(answer: Response): Promise<Problem> {
	return problemIn(answer, await answer.json().catch(() => null));
}

/** Reads the same of an answer whose body was read already. */
export function problemIn(answer: Response, told: unknown): Problem {
	if (told && typeof told === 'object' && 'detail' in told && 'code' in told)
		return told as Problem;
	return {
		type: 'about:blank',
		title: answer.statusText || 'Not served',
		status: answer.status,
		detail: `the answer was ${answer.status} and said no more`,
		code: 'no_problem_told',
		request_id: answer.headers.get('x-request-id') ?? ''
	} as Problem;
}
