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
	return leaves(policy, '', origins).map(([key, value]) => ({
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

/** A mapping that has an origin of its own is one value, as the labels of agents are. */
function leaves(
	value: object,
	prefix: string,
	origins: Readonly<Record<string, string>>
): [string, unknown][] {
	return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
		const key = prefix ? `${prefix}.${name}` : name;
		const nested = isMapping(inner) && !(key in origins);
		return nested ? leaves(inner, key, origins) : [[key, inner] as [string, unknown]];
	});
}

function isMapping(value: unknown): value is object {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Says a value of a policy as one writes it in the file. */
export function written(value: unknown): string {
	if (value === null || value === undefined) return 'none';
	if (Array.isArray(value)) return value.length ? value.join(', ') : 'none';
	if (isMapping(value)) {
		return written(Object.entries(value).map(([key, inner]) => `${key}: ${String(inner)}`));
	}
	if (value === '') return 'empty';
	return String(value);
}
