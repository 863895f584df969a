/** Further windows of a list, by the path that the one before told. */
import { ApiProblem, problemOf } from './problem.ts';

export interface Window<T> {
	items: T[];
	next: string | null;
}

/** Asks for a window; throws ApiProblem with the API's sentence, or TypeError where none answers. */
export async function windowAt<T>(path: string): Promise<Window<T>> {
	const answer = await fetch(path);
	if (!answer.ok) throw new ApiProblem(await problemOf(answer));
	return (await answer.json()) as Window<T>;
}
