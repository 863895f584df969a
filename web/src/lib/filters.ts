/** Filters of a list, as they stand in a page's address and as they are asked of the API. */
export interface Field {
	/** As the API calls it. */
	name: string;
	label: string;
	/** `time` is a moment in the person's own zone. */
	kind: 'text' | 'number' | 'choice' | 'time';
	/** What can be chosen, or is offered while one writes. */
	choices?: readonly string[];
	hint?: string;
	/** What a choice is called, where its own name does not say it. */
	words?: Readonly<Record<string, string>>;
}

export type Values = Record<string, string>;

/** Reads filters from an address; what does not fit its field is left out. */
export function valuesOf(search: Pick<URLSearchParams, 'get'>, fields: readonly Field[]): Values {
	const values: Values = {};
	for (const field of fields) {
		const value = search.get(field.name)?.trim();
		if (value && fits(field, value)) values[field.name] = value;
	}
	return values;
}

/** Returns an address with filters in place of those that it had. */
export function filtered(url: URL, fields: readonly Field[], values: Values): string {
	const target = new URL(url);
	for (const { name } of fields) {
		if (values[name]?.trim()) target.searchParams.set(name, values[name].trim());
		else target.searchParams.delete(name);
	}
	return target.pathname + target.search;
}

/** Writes a moment as a field of type `datetime-local` wants it. */
export function localTime(time: string): string {
	const at = new Date(time);
	if (Number.isNaN(at.getTime())) return '';
	return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function fits({ kind, choices }: Field, value: string): boolean {
	if (kind === 'number') return /^[1-9]\d{0,17}$/.test(value);
	if (kind === 'time') return !Number.isNaN(Date.parse(value));
	return kind !== 'choice' || (choices?.includes(value) ?? false);
}
