import type { components } from '#lib/api/generated/schema.ts';

/** What of a failed check's log matters, and what it noted of lines of files. */
export interface Told {
	excerpt: string;
	annotations: string[];
}

/** Returns what the event that tells of failed checks says of each, by the check's name. */
export function toldOf(detail: components['schemas']['EventDetail'] | null): Map<string, Told> {
	const checks = field(field(detail?.payload, 'object'), 'checks');
	const told = new Map<string, Told>();
	for (const check of Array.isArray(checks) ? checks : []) {
		const [name, excerpt] = [field(check, 'name'), field(check, 'excerpt')];
		const noted = field(check, 'annotations');
		const annotations = Array.isArray(noted)
			? noted.filter((each) => typeof each === 'string')
			: [];
		if (typeof name === 'string')
			told.set(name, { excerpt: typeof excerpt === 'string' ? excerpt : '', annotations });
	}
	return told;
}

function field(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null
		? (value as Record<string, unknown>)[name]
		: undefined;
}
