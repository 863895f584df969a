/** One message of a stream of server-sent events. */
export interface Message {
	id: string;
	event: string;
	data: string;
}

/**
 * Reads server-sent events as their text arrives, in pieces that end anywhere.
 *
 * Returns a function that takes a piece and gives the messages that it completes; comments, which
 * only say that the other end lives, give none.
 */
export function messageReader(): (piece: string) => Message[] {
	let rest = '';
	let id = '';
	let event = '';
	let data: string[] = [];

	function line(text: string, found: Message[]): void {
		if (text === '') {
			if (data.length || id) found.push({ id, event: event || 'message', data: data.join('\n') });
			[id, event, data] = ['', '', []];
			return;
		}
		const colon = text.indexOf(':');
		if (colon === 0) return;
		const name = colon < 0 ? text : text.slice(0, colon);
		const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
		if (name === 'id') id = value;
		else if (name === 'event') event = value;
		else if (name === 'data') data.push(value);
	}

	return (piece) => {
		const found: Message[] = [];
		const lines = (rest + piece).split('\n');
		rest = lines.pop() ?? '';
		for (const each of lines) line(each.replace(/\r$/, ''), found);
		return found;
	};
}
