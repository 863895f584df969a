/** Where in a policy file something stands: problems name keys, people look for lines. */

/**
 * Returns the line, from 1, at which a key such as `ci.max_attempts` stands in a YAML text; null
 * where it is not found. Files are mappings of mappings in block style, as people write them.
 */
export function lineOf(text: string, path: string): number | null {
	if (!path) return null;
	const lines = text.split('\n');
	let from = 0;
	let found: number | null = null;
	let outer = -1;
	for (const part of path.split('.')) {
		const at = keyFrom(lines, from, part, outer);
		if (at === null) return found;
		found = at + 1;
		outer = indentOf(lines[at] ?? '');
		from = at + 1;
	}
	return found;
}

/** Returns the line that a message itself names, as `line 3`; null where it names none. */
export function lineNamed(message: string): number | null {
	const named = /\bline (\d+)/.exec(message)?.[1];
	return named ? Number(named) : null;
}

export interface Problem {
	path: string;
	message: string;
}

/** Returns problems by the lines at which they are shown; what has no place is shown at line 1. */
export function problemsByLine(text: string, problems: readonly Problem[]): Map<number, Problem[]> {
	const byLine = new Map<number, Problem[]>();
	for (const problem of problems) {
		const line = lineNamed(problem.message) ?? lineOf(text, problem.path) ?? 1;
		byLine.set(line, [...(byLine.get(line) ?? []), problem]);
	}
	return new Map([...byLine].sort(([a], [b]) => a - b));
}

/** Finds a key among the lines that stand deeper than their outer key, the nearest such depth. */
function keyFrom(lines: string[], from: number, key: string, outer: number): number | null {
	let depth: number | null = null;
	for (let at = from; at < lines.length; at += 1) {
		const line = lines[at] ?? '';
		if (!line.trim() || line.trimStart().startsWith('#')) continue;
		const indent = indentOf(line);
		if (indent <= outer) return null;
		depth ??= indent;
		if (indent === depth && keyOf(line) === key) return at;
	}
	return null;
}

function keyOf(line: string): string | null {
	return (
		/^\s*(?:"([^"]*)"|'([^']*)'|([^\s:#][^:]*?))\s*:(?:\s|$)/
			.exec(line)
			?.slice(1)
			.find((group) => group !== undefined) ?? null
	);
}

function indentOf(line: string): number {
	return line.length - line.trimStart().length;
}
