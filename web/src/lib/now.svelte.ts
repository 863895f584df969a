import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
	const timer = setInterval(update, 10_000);
	return () => clearInterval(timer);
});

/** The time in milliseconds, for what shows how long ago something was; it goes on every ten seconds. */
export const clock = {
	get now(): number {
		subscribe();
		return Date.now();
	}
};
