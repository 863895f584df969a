/** Says a name of the API's as words, as "Ask to fix CI" for `ask_to_fix_ci`. */
export function spoken(name: string): string {
	const words = name
		.replaceAll('_', ' ')
		.replace(/\bci\b/g, 'CI')
		.replace(/\bcopilot\b/g, 'Copilot')
		.replace(/\bagent merge\b/g, 'Agent Merge');
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Says a value of JSON for people. */
export function written(value: unknown): string {
	if (value === null || value === undefined) return 'none';
	if (value === true || value === false) return value ? 'yes' : 'no';
	if (Array.isArray(value)) return value.length ? value.map(written).join(', ') : 'none';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
