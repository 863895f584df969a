/** The policy file as it was last seen in a repository. */
import type { Problem } from '#lib/policy/lines.ts';

export interface PolicyFile {
	text: string;
	/** Whether there is one: an absent file is told as an empty one. */
	exists: boolean;
	problems: Problem[];
	commit: string | null;
	/** The event that told of it. */
	position: number;
	at: string;
}

interface Told {
	position: number;
	recorded_at: string;
	payload?: unknown;
}

/** Returns the file that an event of type `policy` tells of; null where there was none yet. */
export function fileOf(told: Told | null): PolicyFile | null {
	if (!told) return null;
	const said = (told.payload ?? {}) as Partial<Record<string, unknown>>;
	const text = typeof said['content'] === 'string' ? said['content'] : '';
	return {
		text,
		exists: text !== '',
		problems: Array.isArray(said['problems']) ? (said['problems'] as Problem[]) : [],
		commit: typeof said['commit'] === 'string' ? said['commit'] : null,
		position: told.position,
		at: told.recorded_at
	};
}
