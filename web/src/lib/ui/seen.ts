import type { Attachment } from 'svelte/attachments';

/** Tells when an element comes near the window for the first time. */
export function whenSeen(tell: () => void): Attachment<HTMLElement> {
	return (element) => {
		const observer = new IntersectionObserver(
			(entries) => {
				if (!entries.some((entry) => entry.isIntersecting)) return;
				observer.disconnect();
				tell();
			},
			{ rootMargin: '200px' }
		);
		observer.observe(element);
		return () => observer.disconnect();
	};
}
