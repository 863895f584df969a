/** Moving among the rows of a list by keys: each row has one element marked `data-row`, which has the focus. */

const ROW = '[data-row]';

/** Moves the focus on by some rows; from elsewhere to the first, or the last. */
export function moveFocus(step: 1 | -1, within: ParentNode = document): void {
	const rows = [...within.querySelectorAll<HTMLElement>(ROW)];
	const at = rows.findIndex((row) => row === focusedRow(within));
	const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
	const row = rows[Math.min(Math.max(next, 0), rows.length - 1)];
	row?.focus({ preventScroll: true });
	row?.scrollIntoView({ block: 'nearest' });
}

/** Returns the row that has the focus, or has what has it within its `li`; null: none has. */
export function focusedRow(within: ParentNode = document): HTMLElement | null {
	const held = document.activeElement?.closest('li')?.querySelector<HTMLElement>(ROW);
	return held && within.contains(held) ? held : null;
}

/** Does what pressing the focused element does, be it a row or something within one. */
export function pressFocused(): void {
	const focused = document.activeElement;
	if (focused instanceof HTMLElement) focused.click();
}
