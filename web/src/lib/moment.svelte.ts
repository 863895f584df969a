/** The moment that pages show: now, or a position or time of the log, which stands in the address. */
import { page } from '$app/state';

export const moment = {
	/** The position or RFC 3339 time, null for now. */
	get asOf(): string | null {
		return page.url.searchParams.get('as_of');
	},
	get isPast(): boolean {
		return this.asOf !== null;
	},
	/** The position, null where a time was given. */
	get position(): number | null {
		return this.asOf && /^\d+$/.test(this.asOf) ? Number(this.asOf) : null;
	}
};

/** Returns the address of a page as of another moment, null for now. */
export function at(asOf: string | number | null, url: { href: string } = page.url): string {
	const target = new URL(url.href);
	if (asOf === null) target.searchParams.delete('as_of');
	else target.searchParams.set('as_of', String(asOf));
	return target.pathname + target.search;
}
