/** Whom an event is about, in few words. */
import type { LogEvent } from '#lib/api/live.svelte.ts';

type Subject = Pick<LogEvent, 'subject_kind' | 'subject_number' | 'head_sha'>;

/** Returns "issue 5", or the commit of what has no number. */
export function subjectOf({
	subject_kind: kind,
	subject_number: number,
	head_sha: sha
}: Subject): string {
	if (kind && number !== null) return `${kind.replaceAll('_', ' ')} ${number}`;
	return sha ? `commit ${sha.slice(0, 7)}` : '';
}
