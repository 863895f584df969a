import { tick } from 'svelte';

/** Puts the focus on a row's link, though it may not be drawn yet in a list of many. */
export async function focusRow(list: HTMLElement, index: number, height: number): Promise<void> {
	const link = () => list.querySelector<HTMLElement>(`[data-row="${index}"]`);
	if (!link()) {
		const top = list.getBoundingClientRect().top + scrollY + index * height;
		scrollTo({ top: top - innerHeight / 2 });
		await new Promise(requestAnimationFrame); // the list looks at where it stands
		await tick();
	}
	link()?.focus({ preventScroll: false });
}

/** The row that has the focus, by its number; -1: none has. */
export function focusedRow(): number {
	const row = document.activeElement?.closest<HTMLElement>('[data-row]');
	return row ? Number(row.dataset['row']) : -1;
}
