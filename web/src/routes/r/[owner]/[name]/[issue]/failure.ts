import type { components } from '#lib/api/generated/schema.ts';

/** What of a failed check's log matters, what it noted of lines of files, and what could not be had. */
export interface Told {
	excerpt: string;
	annotations: string[];
	lacks: string[];
}

/** Returns what the event that tells of failed checks says of each, by the check's name. */
export function toldOf(detail: components['schemas']['EventDetail'] | null): Map<string, Told> {
	const checks = field(field(detail?.payload, 'object'), 'checks');
	const told = new Map<string, Told>();
	for (const check of Array.isArray(checks) ? checks : []) {
		const [name, excerpt] = [field(check, 'name'), field(check, 'excerpt')];
		if (typeof name === 'string')
			told.set(name, {
				excerpt: typeof excerpt === 'string' ? excerpt : '',
				annotations: texts(field(check, 'annotations')),
				lacks: texts(field(check, 'lacks'))
			});
	}
	return told;
}

function texts(value: unknown): string[] {
	return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function field(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null
		? (value as Record<string, unknown>)[name]
		: undefined;
}
