import { expect, test } from 'vitest';
import { browserOf } from './browser.ts';

test('a browser is called as people call it', () => {
	const mozilla = 'Mozilla/5.0';
	const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';
	expect([
		browserOf(`${mozilla} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`),
		browserOf(`${mozilla} (Windows NT 10.0; Win64; x64) ${chrome} Edg/150.0.0.0`),
		browserOf(`${mozilla} (Macintosh; Intel Mac OS X 10_15_7) ${chrome}`),
		browserOf(
			`${mozilla} (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1`
		)
	]).toEqual([
		'Firefox 140 on Linux',
		'Edge 150 on Windows',
		'Chrome 150 on macOS',
		'Safari 19 on iOS'
	]);
	expect([browserOf('curl/8.0'), browserOf('')]).toEqual(['curl/8.0', 'A browser without a name']);
});
