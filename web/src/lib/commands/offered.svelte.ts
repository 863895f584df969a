/** What the page that is shown offers to do, for the palette: its own buttons, by their words. */
export interface Offered {
	label: string;
	/** The sentence with which it would be refused, null where it would be taken. */
	whyNot: string | null;
	run: () => void;
}

class Offers {
	#made: (() => Offered[])[] = [];

	get all(): Offered[] {
		return this.#made.flatMap((each) => each());
	}

	add(made: () => Offered[]): () => void {
		this.#made = [...this.#made, made];
		return () => {
			this.#made = this.#made.filter((each) => each !== made);
		};
	}
}

export const offers = new Offers();

/** Offers commands for as long as a component is shown. */
export function offer(made: () => Offered[]): void {
	$effect(() => offers.add(made));
}
