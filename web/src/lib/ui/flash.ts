import type { Attachment } from 'svelte/attachments';

/** Lets an element light up once whenever a value changes, but not when it is first shown. */
export function flash(value: () => unknown): Attachment<HTMLElement> {
	let before: unknown;
	let shown = false;
	return (element) => {
		const now = value();
		if (shown && now !== before) {
			element.classList.remove('animate-flash');
			void element.offsetWidth; // so that the animation begins anew
			element.classList.add('animate-flash');
		}
		[before, shown] = [now, true];
	};
}
