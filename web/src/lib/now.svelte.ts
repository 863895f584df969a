import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
	const timer = setInterval(update, 10_000);
	return () => clearInterval(timer);
});

const TOLERANCE = 5000; // milliseconds: answers tell whole seconds, and were on their way

/** How far the service's clock is ahead of this machine's, in milliseconds. */
let ahead = 0;

/**
 * The time in milliseconds, for what shows how long ago something was; it goes on every ten seconds.
 *
 * It is the service's, by which all times were written: a machine whose own clock is wrong would
 * show them wrong, too.
 */
export const clock = {
	get now(): number {
		subscribe();
		return Date.now() + ahead;
	},
	/** Goes by the `Date` of an answer that was just made. */
	hear(date: string | null): void {
		const told = date === null ? NaN : Date.parse(date) - Date.now();
		if (Math.abs(told - ahead) > TOLERANCE) ahead = told;
	}
};
