import { toggled } from './needs.ts';
import type { Done, Need } from './needs.ts';

const NAME = 'done-for-now';

/** What somebody is done with for now; it is kept in this browser alone. */
class DoneForNow {
	marks = $state.raw<Done>(kept());

	toggle(need: Need, all: readonly Need[]): void {
		this.marks = toggled(this.marks, need, all);
		localStorage.setItem(NAME, JSON.stringify(this.marks));
	}
}

function kept(): Done {
	try {
		const read: unknown = JSON.parse(localStorage.getItem(NAME) ?? '{}');
		return read && typeof read === 'object' ? (read as Done) : {};
	} catch {
		return {};
	}
}

export const doneForNow = new DoneForNow();
