/**
 * What each stage is called and looks like. Colour is never alone: each has a shape of its own,
 * drawn in a square of 16, and its word stands beside it.
 */
export const STAGES = {
	needs_human: {
		word: 'Needs a person',
		shape: 'M8 1 15 8 8 15 1 8Z M7.1 4.5h1.8l-.25 4.6h-1.3Z M7 10.4h2v1.8h-2Z',
		solid: true
	},
	merge_ready: {
		word: 'Ready to merge',
		shape: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z M4.4 8.1l1.2-1.2 1.7 1.7 3.3-3.4 1.2 1.2-4.5 4.6Z',
		solid: true
	},
	ready_for_review: {
		word: 'Ready for review',
		shape: 'M1.5 8C4 4 12 4 14.5 8 12 12 4 12 1.5 8Z M8 6v4M6 8h4'
	},
	changes_requested: { word: 'Changes requested', shape: 'M2 2.5h12v8.5H8L4.5 14v-3H2Z' },
	ci_failed: {
		word: 'CI failed',
		shape:
			'M5 1h6l4 4v6l-4 4H5l-4-4V5Z M5.2 6.3 6.3 5.2 8 6.9l1.7-1.7 1.1 1.1L9.1 8l1.7 1.7-1.1 1.1L8 9.1l-1.7 1.7-1.1-1.1L6.9 8Z',
		solid: true
	},
	conflicted: { word: 'Conflicted', shape: 'M8 1.8 15 14H1Z M8 6.2v3.6M8 11.4v1' },
	in_progress: {
		word: 'In progress',
		shape: 'M8 1.5A6.5 6.5 0 0 1 8 14.5Z M8 1.5a6.5 6.5 0 0 0 0 13',
		half: true
	},
	draft: { word: 'Draft', shape: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Z', dashed: true },
	blocked: { word: 'Blocked', shape: 'M2 2h12v12H2Z M5 8h6' },
	queued: { word: 'Queued', shape: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Z' },
	done: { word: 'Done', shape: 'M2.5 8.5 6.2 12.2 13.5 4.5' },
	cancelled: {
		word: 'Cancelled',
		shape: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Z M3.8 12.2l8.4-8.4'
	}
} as const satisfies Record<string, Look>;

export interface Look {
	/** What people call it. */
	word: string;
	/** An SVG path. */
	shape: string;
	/** Filled, by the even-odd rule. */
	solid?: boolean;
	/** Its first part filled. */
	half?: boolean;
	dashed?: boolean;
}

export type Stage = keyof typeof STAGES;

/** All stages, what people must look at first. */
export const ORDER = Object.keys(STAGES) as Stage[];

const UNKNOWN: Look = { word: 'No stage', shape: 'M3 8h10' };

/** Returns how a stage looks; one of a newer release by its own word. */
export function lookOf(stage: string | null | undefined): Look {
	if (!stage) return UNKNOWN;
	return (
		(STAGES as Record<string, Look>)[stage] ?? { ...UNKNOWN, word: stage.replaceAll('_', ' ') }
	);
}

/** Returns the name of a stage's colour token. */
export function colourOf(stage: string | null | undefined): string {
	return stage && stage in STAGES ? `var(--color-stage-${stage})` : 'var(--color-quiet)';
}
