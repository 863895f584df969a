/** What was done, said for a few seconds at the foot of the page; what failed stays until it is read. */
export interface Toast {
	id: number;
	text: string;
	bad: boolean;
}

const SECONDS = 6;

class Toasts {
	shown = $state<Toast[]>([]);
	#next = 1;

	say(text: string): void {
		const id = this.#add(text, false);
		setTimeout(() => this.close(id), SECONDS * 1000);
	}

	fail(text: string): void {
		this.#add(text, true);
	}

	close(id: number): void {
		this.shown = this.shown.filter((each) => each.id !== id);
	}

	#add(text: string, bad: boolean): number {
		const id = this.#next;
		this.#next += 1;
		this.shown = [...this.shown.slice(-3), { id, text, bad }];
		return id;
	}
}

export const toasts = new Toasts();
