/** Whom something waits for, in few words. */
interface Wait {
	kind: string;
	what: string;
}

const WHOM: Record<string, string> = {
	check: 'CI',
	reviewer: 'Review by',
	issue: 'Other work:',
	github: 'GitHub',
	copilot: 'Copilot',
	person: 'A person',
	approval_of_actions: 'Approval of',
	merge: 'To be merged',
	turn: 'Its turn',
	nobody: 'Nobody'
};
const ALONE = new Set(['turn', 'merge', 'nobody', 'check']);
const LISTED = 2;

/** Says whom the first thing waits for, and what for; the empty text where nothing is waited for. */
export function waitsFor(waits: readonly Wait[]): string {
	const first = waits[0];
	if (!first) return '';
	const whom = WHOM[first.kind] ?? first.kind.replaceAll('_', ' ');
	const same = waits.filter((wait) => wait.kind === first.kind).map((wait) => wait.what);
	if (first.kind === 'check') return `${whom}: ${few(same)}`;
	if (ALONE.has(first.kind)) return whom;
	return `${whom} ${few(same)}`;
}

function few(names: readonly string[]): string {
	const more = names.length - LISTED;
	return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
