/**
 * The list of events, whose head grows while one looks at it, or is held still.
 *
 * What comes while it is held is counted and kept; whoever lets go sees it. A tail that runs for
 * long forgets its oldest rows, which the next window brings back.
 */
import { connection } from '#lib/api/connection.svelte.ts';
import { live } from '#lib/api/live.svelte.ts';
import type { LogEvent, News } from '#lib/api/live.svelte.ts';
import { windowAt } from '#lib/api/windows.ts';
import type { Window } from '#lib/api/windows.ts';

const MOST = 4000; // rows kept while it runs
const MOST_WAITING = 1000; // more are not kept while it is held, but asked for
const GATHERING = 200; // milliseconds in which news is gathered, so that a burst is drawn once
const PAUSE = 1000; // milliseconds until a service that does not answer is asked again
const FRESH = 1500; // milliseconds for which a row is marked as new

export interface Asked {
	/** Path and query of the first window. */
	path: string;
	matches: ((event: LogEvent) => boolean) | null;
}

export class Tail {
	items = $state.raw<readonly LogEvent[]>([]);
	waiting = $state.raw<readonly LogEvent[]>([]);
	/** How many came while it was held, those included that were not kept. */
	count = $state(0);
	fresh = $state.raw<ReadonlySet<number>>(new Set());
	held = $state(false);
	loading = $state(false);
	failure = $state('');
	#next = $state<string | null>(null);
	#asked: Asked;
	#newest: number;
	#follows = false;
	#known: number; // the position up to which nothing that matches is lacking

	constructor(asked: Asked, first: Window<LogEvent>, head: number) {
		this.#asked = asked;
		this.items = first.items;
		this.#next = first.next;
		this.#newest = Math.max(head, first.items[0]?.position ?? 0);
		this.#known = this.#newest;
	}

	get hasMore(): boolean {
		return this.#next !== null;
	}

	/** Follows the log until the returned function is called. */
	follow(): () => void {
		let gathered: News = { events: [], gap: false };
		let timer: ReturnType<typeof setTimeout> | undefined;
		this.#follows = true;
		const end = live.subscribe((news) => {
			gathered = {
				events: [...gathered.events, ...news.events],
				gap: gathered.gap || news.gap
			};
			timer ??= setTimeout(() => {
				timer = undefined;
				const all = gathered;
				gathered = { events: [], gap: false };
				void this.#hear(all);
			}, GATHERING);
		});
		void this.#ask(this.#newest); // what came while it was loaded
		return () => {
			end();
			clearTimeout(timer);
			this.#follows = false;
		};
	}

	/** Shows what came while it was held. */
	async release(): Promise<void> {
		const [waiting, all] = [this.waiting, this.count];
		[this.waiting, this.count] = [[], 0];
		if (all > waiting.length) await this.#renew();
		else this.#show(waiting);
	}

	/** Loads the next window, once at a time. */
	async more(): Promise<void> {
		const asked = this.#next;
		if (!asked || this.loading) return;
		this.loading = true;
		try {
			const { items, next } = await windowAt<LogEvent>(asked);
			this.failure = '';
			if (asked !== this.#next) return; // the list ends elsewhere by now
			this.items = [...this.items, ...items];
			this.#next = next;
		} catch (failure) {
			this.failure = (failure as Error).message;
		} finally {
			this.loading = false;
		}
	}

	async #hear({ events, gap }: News): Promise<void> {
		const { matches } = this.#asked;
		if (gap) await this.#skip();
		else if (matches) this.#add(events.filter(matches));
		else await this.#ask(events.at(-1)?.position ?? this.#newest);
	}

	/** Takes it that there is more than was told: all is read anew, once it is not held. */
	async #skip(): Promise<void> {
		if (this.held) this.count += 1;
		else await this.#renew();
	}

	#add(found: readonly LogEvent[]): void {
		const behind = found.filter((each) => each.position > this.#newest).reverse();
		if (!behind.length) return;
		this.#newest = behind[0]?.position ?? this.#newest;
		if (!this.held) this.#show(behind);
		else {
			this.count += behind.length;
			if (this.count <= MOST_WAITING) this.waiting = [...behind, ...this.waiting];
			else this.waiting = [];
		}
	}

	/** Asks the API what matches behind what is known, where the log goes up to a position. */
	async #ask(head: number): Promise<void> {
		const after = this.#known;
		try {
			const found = await windowAt<LogEvent>(`${this.#asked.path}&after=${after}`);
			this.#known = Math.max(this.#known, head);
			if (found.next) await this.#skip();
			else this.#add(found.items.reverse());
		} catch (failure) {
			if (!(failure instanceof TypeError)) return; // the next news asks from there again
			await connection.worthTrying(PAUSE);
			if (this.#follows) await this.#ask(head);
		}
	}

	#show(newer: readonly LogEvent[]): void {
		const all = [...newer, ...this.items];
		if (all.length > MOST) {
			this.#next = `${this.#asked.path}&before=${all[MOST - 1]?.position}`;
			all.length = MOST;
		}
		this.items = all;
		const marked = new Set(newer.map((each) => each.position));
		this.fresh = new Set([...this.fresh, ...marked]);
		setTimeout(() => {
			this.fresh = new Set([...this.fresh].filter((each) => !marked.has(each)));
		}, FRESH);
	}

	async #renew(): Promise<void> {
		try {
			const { items, next } = await windowAt<LogEvent>(this.#asked.path);
			[this.items, this.#next] = [items, next];
			this.#newest = Math.max(this.#newest, items[0]?.position ?? 0);
		} catch (failure) {
			this.failure = (failure as Error).message;
		}
	}
}
