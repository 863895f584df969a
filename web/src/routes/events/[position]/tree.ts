/** A payload as lines that fold, and where a text occurs in it. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Line {
	/** Unique; the way to it, as `$.issue.labels[0]`. */
	path: string;
	/** Its name in an object, its place in a list, empty for the whole. */
	key: string;
	depth: number;
	value: Json;
	/** How many things are in it; null: it is no object and no list. */
	size: number | null;
	open: boolean;
	/** Whether the text that is looked for stands in its key or value. */
	found: boolean;
}

export const MOST_LINES = 2000;
const OPEN_TO = 1; // depth to which a payload is unfolded at first

/**
 * Returns the lines that are seen, at most so many.
 *
 * `turned` says what somebody folded or unfolded by hand; where a text is looked for, all that
 * leads to it is unfolded.
 */
export function linesOf(
	payload: Json,
	turned: ReadonlyMap<string, boolean>,
	text = ''
): { lines: Line[]; cut: boolean; found: number } {
	const wanted = text.trim().toLowerCase();
	const leading = wanted ? leadingTo(payload, wanted) : new Set<string>();
	const lines: Line[] = [];
	let cut = false;

	function walk(value: Json, path: string, key: string, depth: number): void {
		if (lines.length >= MOST_LINES) {
			cut = true;
			return;
		}
		const parts = partsOf(value);
		const open = parts !== null && (turned.get(path) ?? (depth < OPEN_TO || leading.has(path)));
		const found = Boolean(wanted) && contains(key, value, wanted);
		lines.push({ path, key, depth, value, size: parts?.length ?? null, open, found });
		if (open && parts)
			for (const [name, part, below] of parts) walk(part, path + below, name, depth + 1);
	}

	walk(payload, '$', '', 0);
	return { lines, cut, found: lines.filter((line) => line.found).length };
}

/** Says a value that has no parts as JSON writes it. */
export function leaf(value: Json): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

type Part = [name: string, part: Json, below: string];

function partsOf(value: Json): Part[] | null {
	if (Array.isArray(value)) return value.map((part, at) => [String(at), part, `[${at}]`]);
	if (value === null || typeof value !== 'object') return null;
	return Object.entries(value).map(([name, part]) => [name, part, `.${name}`]);
}

function contains(key: string, value: Json, wanted: string): boolean {
	if (key.toLowerCase().includes(wanted)) return true;
	return partsOf(value) === null && leaf(value).toLowerCase().includes(wanted);
}

/** Returns the paths of everything in which a text is found. */
function leadingTo(payload: Json, wanted: string): Set<string> {
	const leading = new Set<string>();
	function walk(value: Json, path: string, key: string): boolean {
		let inside = false;
		for (const [name, part, below] of partsOf(value) ?? [])
			inside = walk(part, path + below, name) || inside;
		if (inside) leading.add(path);
		return inside || contains(key, value, wanted);
	}
	walk(payload, '$', '');
	return leading;
}
