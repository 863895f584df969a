/** Whom something waits for, in words. */
interface Wait {
	kind: string;
	what: string;
}

/** By the kind of a wait, what stands before the words of the service for it. */
const WHOM: Record<string, string> = {
	check: 'CI:',
	reviewer: 'review by',
	issue: 'other work:',
	github: 'GitHub to say',
	copilot: 'Copilot',
	person: 'a person',
	approval_of_actions: 'approval of',
	merge: 'the merge:',
	turn: ''
};
const LISTED = 2;
const ADDRESS = /(https?:\/\/[^\s,;]+)/;

/** Says whom the first thing waits for, and what for; the empty text where nothing is waited for. */
export function waitsFor(waits: readonly Wait[]): string {
	const first = waits[0];
	if (!first) return '';
	if (first.kind === 'nobody') return 'Nobody';
	const said = phrase(first.kind, few(of(waits, first.kind)));
	const short = linked(said).map((part) => part.text);
	return short.join('').replace(/^./, (letter) => letter.toUpperCase());
}

/** Says of each kind whom is waited for and what for, but where nobody is: "a person to merge it". */
export function allWaits(waits: readonly Wait[]): string[] {
	const kinds = new Set(waits.map((wait) => wait.kind).filter((kind) => kind !== 'nobody'));
	return [...kinds].map((kind) => phrase(kind, of(waits, kind).join(', ')));
}

/** Parts a text where addresses stand in it, which are said in few words and lead there. */
export function linked(text: string): { text: string; href: string | null }[] {
	return text
		.split(ADDRESS)
		.map((part, at) =>
			at % 2 ? { text: 'its page at GitHub', href: part } : { text: part, href: null }
		);
}

function phrase(kind: string, what: string): string {
	return `${WHOM[kind] ?? kind.replaceAll('_', ' ')} ${what}`.trim();
}

function of(waits: readonly Wait[], kind: string): string[] {
	return waits.filter((wait) => wait.kind === kind).map((wait) => wait.what);
}

function few(names: readonly string[]): string {
	const more = names.length - LISTED;
	return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
