/** What the address of a repository's page asks the API for. */

/** Which workflows are shown: those with work left, those without, or all. */
export const SHOWN = {
	open: { word: 'Open', attention: ['needs_human', 'stuck', 'running', 'waiting'] },
	over: { word: 'Finished', attention: ['over'] },
	all: { word: 'All', attention: [] }
} as const;

export type Shown = keyof typeof SHOWN;

type Attention = (typeof SHOWN)[Shown]['attention'][number];

/** Returns which workflows an address shows. */
export function shownBy(query: Pick<URLSearchParams, 'get'>): Shown {
	const named = query.get('show');
	return named === 'over' || named === 'all' ? named : 'open';
}

/** Returns the query of a repository's workflows that an address stands for. */
export function asked(
	repository: number,
	query: Pick<URLSearchParams, 'get' | 'getAll'>
): {
	repository: number;
	limit: number;
	stage?: never[];
	attention?: Attention[];
	q?: string;
} {
	const stages = query.getAll('stage');
	const attention = [...SHOWN[shownBy(query)].attention];
	const q = query.get('q');
	return {
		repository,
		limit: 200,
		...(stages.length ? { stage: stages as never[] } : attention.length ? { attention } : {}),
		...(q ? { q } : {})
	};
}

/** Returns what narrows events down to those of a moment, a position or a time; null is now. */
export function eventsUpTo(asOf: string | null): { before?: number; until?: string } {
	if (asOf === null) return {};
	return /^\d+$/.test(asOf) ? { before: Number(asOf) + 1 } : { until: asOf };
}
