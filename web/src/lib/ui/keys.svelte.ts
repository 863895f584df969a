/**
 * Keys: one listener for the page, one list of what each does, which `?` shows.
 *
 * A key is written as it is pressed: `j`, `?`, `Enter`, or two in a row as `g n`. None is heard
 * while somebody writes or a dialog is open, but for those with Ctrl or ⌘, written `mod+k`.
 */
export interface Key {
	does: string;
	run: (event: KeyboardEvent) => void;
}

const WITHIN = 1200; // milliseconds between the two keys of a pair

class Keys {
	#bound: Record<string, Key>[] = [];
	#first = '';
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** All keys and what they do, by name; what was bound last counts. */
	get all(): [string, Key][] {
		return Object.entries(Object.assign({}, ...this.#bound) as Record<string, Key>);
	}

	/** Binds keys until the returned function is called. */
	bind(keys: Record<string, Key>): () => void {
		this.#bound = [...this.#bound, keys];
		return () => {
			this.#bound = this.#bound.filter((each) => each !== keys);
		};
	}

	press(event: KeyboardEvent): void {
		if (event.defaultPrevented || event.isComposing || event.altKey) return;
		const held = event.ctrlKey || event.metaKey;
		if (held ? false : writes(event.target) || document.querySelector('[role=dialog]')) return;
		const name = held ? `mod+${event.key.toLowerCase()}` : event.key;
		const key = this.#find(`${this.#first} ${name}`.trim()) ?? this.#find(name);
		clearTimeout(this.#timer);
		this.#first = key || held ? '' : name;
		this.#timer = setTimeout(() => (this.#first = ''), WITHIN);
		if (!key) return;
		event.preventDefault();
		key.run(event);
	}

	#find(name: string): Key | undefined {
		return this.#bound.findLast((each) => name in each)?.[name];
	}
}

export const keys = new Keys();

/** Binds keys for as long as a component is shown. */
export function bindKeys(bound: Record<string, Key>): void {
	$effect(() => keys.bind(bound));
}

function writes(target: EventTarget | null): boolean {
	const element = target instanceof HTMLElement ? target : null;
	return Boolean(
		element?.closest(
			'input:not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]'
		)
	);
}
