/** Whether the service answers, as the header shows it. */
export type State = 'connecting' | 'live' | 'offline' | 'ended';

class Connection {
	state = $state<State>('connecting');
	/** When something answered last, in milliseconds; null before anything did. */
	answeredAt = $state<number | null>(null);
	/** The newest log position that any answer told of. */
	seen = $state(0);
	/** The lowest one that an answer on now told of: a stream behind it leaves out nothing. */
	since = 0;
	/** The position up to which the live stream told of what happened. */
	told = 0;
	#waiting = new Set<() => void>();

	/** Notes that there was an answer, and which position it reflects. */
	answered(position: number): void {
		this.answeredAt = Date.now();
		if (position > this.seen) this.seen = position;
		if (position && (position < this.since || !this.since)) this.since = position;
		if (this.state === 'offline') this.state = 'connecting';
		for (const go of this.#waiting) go();
	}

	/** Notes that nothing answers. */
	silent(): void {
		if (this.state !== 'ended') this.state = 'offline';
	}

	/** Notes that the session is over. */
	ended(): void {
		this.state = 'ended';
	}

	/** Waits until it is worth to try again: some time, or sooner when something answered. */
	async worthTrying(milliseconds: number): Promise<void> {
		await new Promise<void>((resolve) => {
			const go = () => {
				clearTimeout(timer);
				this.#waiting.delete(go);
				globalThis.removeEventListener?.('online', go);
				resolve();
			};
			const timer = setTimeout(go, milliseconds);
			this.#waiting.add(go);
			globalThis.addEventListener?.('online', go);
		});
	}
}

export const connection = new Connection();
