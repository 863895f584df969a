import { untrack } from 'svelte';
import { fresh, steadied } from './steady.ts';
import type { Kept } from './steady.ts';

/** A live list that does not jump under the pointer: it takes its new order once that has left. */
export class Steady<T> {
	rows = $state.raw<Kept<T>[]>([]);
	#items: readonly T[] = [];
	#list = '';
	#held = false;
	readonly #key: (item: T) => string | number;

	constructor(key: (item: T) => string | number) {
		this.#key = key;
	}

	/** Shows what is new: in the old order while it is held, unless another `list` is asked for. */
	show(items: readonly T[], list = this.#list): void {
		const same = list === this.#list;
		[this.#items, this.#list] = [items, list];
		const shown = untrack(() => this.rows);
		this.rows = this.#held && same ? steadied(shown, items, this.#key) : fresh(items);
	}

	hold = (): void => {
		this.#held = true;
	};

	release = (): void => {
		this.#held = false;
		this.show(this.#items);
	};
}
