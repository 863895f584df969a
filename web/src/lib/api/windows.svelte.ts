/** Lists as far as somebody has come in them: windows by key, of which those in view stay fresh. */
import { reads } from './reads.ts';
import { affected } from './window.ts';
import type { Window } from './window.ts';

export class Windows<T> {
	items = $state.raw<readonly T[]>([]);
	/** How many there are altogether, null where they are too many to be counted. */
	total = $state<number | null>(null);
	/** Why the last window could not be read; the ones before it are shown all the same. */
	failed = $state('');
	#windows: Window<T>[] = [];
	#list = '';
	#reading = false;
	readonly #key: (item: T) => string | number;

	constructor(key: (item: T) => string | number) {
		this.#key = key;
	}

	/**
	 * Takes a list's first window, as a page's `load` read it. Of the same `list` as before, those
	 * behind it stay; they are read anew where rows of theirs are in view.
	 */
	begin(list: string, first: Window<T>, seen: [first: number, last: number] = [0, 0]): void {
		const same = list === this.#list;
		this.#windows = [first, ...(same ? this.#windows.slice(1) : [])];
		this.#list = list;
		this.total = first.total ?? null;
		this.#show();
		if (same && this.#windows.length > 1) void this.#refresh(seen);
	}

	/** Reads the next window, if there is one and none is being read. */
	async more(): Promise<void> {
		const next = this.#windows.at(-1)?.next;
		if (!next || this.#reading) return;
		const list = this.#list;
		this.#reading = true;
		const window = await this.#read(next);
		this.#reading = false;
		if (!window) return;
		// What was asked for while this was read was refused: of a list that changed, it is owed.
		if (list !== this.#list || this.#windows.at(-1)?.next !== next) return this.more();
		this.#windows.push(window);
		this.#show();
	}

	async #refresh(seen: [number, number]): Promise<void> {
		const list = this.#list;
		for (let at = 1; at < this.#windows.length; at += 1) {
			const next = this.#windows[at - 1]?.next;
			if (!next) this.#windows.length = at;
			else if (affected(this.#windows, at, seen)) {
				const window = await this.#read(next);
				if (!window || list !== this.#list) return;
				this.#windows[at] = window;
			}
		}
		this.#show();
	}

	async #read(next: string): Promise<Window<T> | null> {
		const asked = new URL(next, location.origin);
		const names = new Set(asked.searchParams.keys());
		const query = Object.fromEntries([...names].map((name) => [name, of(asked, name)]));
		const read = reads({ url: new URL(location.href), depends: () => undefined });
		try {
			const window = (await read(
				asked.pathname as never,
				{ params: { query } } as never
			)) as Window<T>;
			this.failed = '';
			return { ...window, path: next };
		} catch (failure) {
			this.failed = (failure as { body?: App.Error }).body?.message ?? String(failure);
			return null;
		}
	}

	/** Shows each item once: windows overlap for as long as one of two was read anew. */
	#show(): void {
		const all = this.#windows.flatMap((window) => window.items);
		this.items = [...new Map(all.map((item) => [this.#key(item), item])).values()];
	}
}

function of(asked: URL, name: string): string | string[] {
	const values = asked.searchParams.getAll(name);
	return values.length > 1 ? values : (values[0] ?? '');
}
