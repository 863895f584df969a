/** A policy as lines of keys and values, each with the layer that its value comes from. */
export interface Value {
	key: string;
	/** As one writes it in the file. */
	text: string;
	origin: string;
}

export const BUILT_IN = 'built-in';

/** Returns every value of a policy in the order of its sections. */
export function valuesOf(policy: object, origins: Readonly<Record<string, string>>): Value[] {
	return leaves(policy, '').map(([key, value]) => ({
		key,
		text: written(value),
		origin: origins[key] ?? BUILT_IN
	}));
}

/** Returns the values by their sections; those that stand alone come first, under the empty name. */
export function bySection(values: readonly Value[]): [section: string, values: Value[]][] {
	const sections = new Map<string, Value[]>();
	for (const value of values) {
		const dot = value.key.indexOf('.');
		const section = dot < 0 ? '' : value.key.slice(0, dot);
		sections.set(section, [...(sections.get(section) ?? []), value]);
	}
	return [...sections];
}

function leaves(value: object, prefix: string): [string, unknown][] {
	return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
		const key = prefix ? `${prefix}.${name}` : name;
		const nested = inner !== null && typeof inner === 'object' && !Array.isArray(inner);
		return nested ? leaves(inner as object, key) : [[key, inner] as [string, unknown]];
	});
}

function written(value: unknown): string {
	if (value === null) return 'none';
	if (Array.isArray(value)) return value.length ? value.join(', ') : 'none';
	if (value === '') return 'empty';
	return String(value);
}
