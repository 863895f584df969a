/**
 * The log, live: one stream for all tabs of a browser, which takes six connections to a host.
 *
 * The tab that holds a lock leads: it reads the stream and tells the others by a channel. When it
 * goes, the next one goes on behind the newest position that it knows. Whoever was asleep, or
 * came late, asks for what it lacks; what the leader has no more is told as a gap, and pages load
 * anew. So no change is lost, and none is told twice: each tab takes positions in order.
 */
import { invalidate } from '$app/navigation';
import { connection } from './connection.svelte.ts';
import type { State } from './connection.svelte.ts';
import type { components } from './generated/schema.ts';
import { PAGE, reflect, toldBefore } from './reads.ts';
import { messageReader } from './sse.ts';

export type LogEvent = components['schemas']['EventItem'];
/** What is new; with a `gap` there was more, and a list should be loaded anew. */
export interface News {
	events: LogEvent[];
	gap: boolean;
}
export type Listener = (news: News) => void;

type Told =
	| { kind: 'events'; events: LogEvent[]; after: number; head: number }
	| { kind: 'lacking'; after: number }
	| { kind: 'gap'; head: number }
	| { kind: 'state'; state: State };

const NAME = 'orchestrator-live';
const KEPT = 1000; // events that a leader keeps for whoever comes late
const SILENCE = 40_000; // milliseconds; the service says every fifteen seconds that it lives
const LONGEST_PAUSE = 10_000;
const SOON = 150; // milliseconds after an event in which others of its kind come
const REST = 800; // between one reading of a page and the next

class Live {
	#listeners = new Set<Listener>();
	#position = 0;
	#kept: LogEvent[] = [];
	#keptAfter = 0;
	#channel: BroadcastChannel | undefined;
	#stop: AbortController | undefined;

	/** Begins behind a position; every tab calls it, one of them reads the stream. */
	start(position: number): void {
		if (this.#stop) return;
		this.#position = position;
		connection.told = position;
		this.#stop = new AbortController();
		const { signal } = this.#stop;
		this.#channel = new BroadcastChannel(NAME);
		this.#channel.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data);
		const awake = () => document.visibilityState === 'visible' && this.#ask();
		document.addEventListener('visibilitychange', awake, { signal });
		this.#ask();
		const locks = (navigator as { locks?: LockManager }).locks; // none over plain HTTP elsewhere
		const leading = locks
			? locks.request(NAME, { signal }, () => this.#lead(signal))
			: this.#lead(signal);
		leading.catch(() => undefined); // stopped
	}

	/** Ends it, as when somebody signs out. */
	stop(): void {
		this.#stop?.abort();
		this.#channel?.close();
		this.#stop = undefined;
		connection.since = 0;
	}

	/** Hands on what is new until the returned function is called. */
	subscribe(listener: Listener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#ask(): void {
		this.#channel?.postMessage({ kind: 'lacking', after: this.#position } satisfies Told);
	}

	#hear(told: Told): void {
		if (told.kind === 'events' && told.after > this.#position) this.#ask();
		else if (told.kind === 'events') this.#take(told.events, told.head);
		else if (told.kind === 'state') connection.state = told.state;
		else if (told.kind === 'gap') this.#skip(told.head);
		else if (this.#leads) this.#supply(told.after);
	}

	#leads = false;

	async #lead(signal: AbortSignal): Promise<void> {
		this.#leads = true;
		this.#keptAfter = this.#position;
		let pause = 500;
		while (!signal.aborted && connection.state !== 'ended') {
			const began = performance.now();
			await this.#read(signal).catch(() => undefined);
			if (signal.aborted) return;
			this.#say((connection.state as State) === 'ended' ? 'ended' : 'offline');
			pause = performance.now() - began > SILENCE ? 500 : Math.min(pause * 2, LONGEST_PAUSE);
			await connection.worthTrying(pause);
		}
	}

	/** Reads the stream until it ends or falls silent. */
	async #read(signal: AbortSignal): Promise<void> {
		const silence = new AbortController();
		const offline = () => silence.abort();
		let timer = setTimeout(offline, SILENCE);
		addEventListener('offline', offline);
		try {
			const answer = await fetch('/api/live', {
				headers: { 'Last-Event-ID': String(this.#position), Accept: 'text/event-stream' },
				signal: AbortSignal.any([signal, silence.signal])
			});
			if (answer.status === 401) connection.ended();
			if (!answer.ok || !answer.body) return;
			this.#say('live');
			const read = messageReader();
			const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
			for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
				clearTimeout(timer);
				timer = setTimeout(offline, SILENCE);
				const messages = read(piece.value);
				if (messages.some((each) => each.event === 'ended')) connection.ended();
				const events = messages.filter((each) => each.event === 'event');
				const head = Math.max(this.#position, ...messages.map((each) => Number(each.id) || 0));
				this.#share(
					events.map((each) => JSON.parse(each.data) as LogEvent),
					head
				);
			}
		} finally {
			clearTimeout(timer);
			removeEventListener('offline', offline);
		}
	}

	#share(events: LogEvent[], head: number): void {
		this.#kept.push(...events);
		const surplus = this.#kept.splice(0, Math.max(0, this.#kept.length - KEPT));
		this.#keptAfter = surplus.at(-1)?.position ?? this.#keptAfter;
		const after = this.#position;
		this.#channel?.postMessage({ kind: 'events', events, after, head } satisfies Told);
		this.#take(events, head);
	}

	#supply(after: number): void {
		this.#say(connection.state);
		if (after >= this.#position) return;
		const told: Told =
			after < this.#keptAfter
				? { kind: 'gap', head: this.#position }
				: {
						kind: 'events',
						events: this.#kept.filter((each) => each.position > after),
						after,
						head: this.#position
					};
		this.#channel?.postMessage(told);
	}

	#say(state: State): void {
		connection.state = state;
		this.#channel?.postMessage({ kind: 'state', state } satisfies Told);
	}

	#take(events: LogEvent[], head: number): void {
		const fresh = events.filter((each) => each.position > this.#position);
		this.#position = Math.max(this.#position, head);
		connection.told = this.#position;
		connection.answered(this.#position);
		connection.state = 'live';
		if (fresh.length) this.#tell({ events: fresh, gap: false });
	}

	#skip(head: number): void {
		if (head <= this.#position) return;
		this.#position = head;
		connection.told = head;
		this.#tell({ events: [], gap: true });
	}

	#tell(news: News): void {
		for (const listener of this.#listeners) listener(news);
	}
}

export const live = new Live();

/** Returns whether an event may change how the work of a repository, or of all, stands. */
export function concernsWork(event: LogEvent): boolean {
	return event.repository_id !== null || ['scope', 'policy', 'acting_user'].includes(event.type);
}

/**
 * Loads the page's data anew when something happened that concerns it; call it while a component
 * is set up. Nothing is loaded while the page shows the past: `isPast` says so.
 */
export function refreshOn(
	concerns: (event: LogEvent) => boolean,
	isPast: () => boolean,
	again: () => Promise<void> = () => invalidate(PAGE)
): void {
	$effect(() => {
		if (isPast()) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		let due = false;
		let over = false;
		async function refresh(): Promise<void> {
			due = false;
			await again();
			if (over) return;
			// What happened meanwhile may not be in it; a busy log is not read without a pause.
			timer = due ? setTimeout(refresh, REST) : undefined;
		}
		// Nobody listened yet to what was told while the page's data was on its way.
		if (connection.told > toldBefore(location.pathname)) timer = setTimeout(refresh, SOON);
		const end = live.subscribe(({ events, gap }) => {
			const last = events.findLast(concerns);
			if (!last && !gap) return;
			if (last) reflect(last.position);
			due = true;
			timer ??= setTimeout(refresh, SOON);
		});
		return () => {
			over = true;
			end();
			clearTimeout(timer);
		};
	});
}
