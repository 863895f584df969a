import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// Where `make web` has its demonstration; the dev server hands on to it what is not of Kit.
const service = process.env['ORCHESTRATOR_DEMO_URL'] ?? 'http://127.0.0.1:8000';
const theirs = ['/api', '/metrics', '/docs', '/openapi.json', '/assets', '/setup', '/program'];

// The routes that have a page, for whoever brings the code of all: Kit itself tells nobody.
const views = readdirSync(new URL('src/routes', import.meta.url), { recursive: true })
	.map((file) => String(file).replaceAll('\\', '/'))
	.filter((file) => file.endsWith('+page.svelte'))
	.map((file) => posix.join('/', posix.dirname(file)));

/**
 * Kit's announcer of page titles has its style inside the page, which our policy for pages forbids:
 * it gets the class that looks alike.
 */
function announcerByClass(): Plugin {
	return {
		name: 'announcer-by-class',
		enforce: 'pre',
		transform: {
			filter: { id: /kit\/src\/runtime\/components\/root\.svelte$/ },
			handler(code) {
				const [before, after, ...more] = code.split(/style="position: absolute;[^"]*"/);
				if (after === undefined || more.length) this.error("Kit's announcer is not as it was");
				return { code: `${before}class="sr-only"${after}`, map: null };
			}
		}
	};
}

export default defineConfig({
	plugins: [
		announcerByClass(),
		tailwindcss(),
		sveltekit({
			adapter: adapter({ fallback: 'page.html' }),
			// Who serves the files looks whether a newer release does, not the page by itself.
			version: { name: process.env['DASHBOARD_VERSION'] ?? 'checkout', pollInterval: 0 }
		})
	],
	define: { __VIEWS__: JSON.stringify(views) },
	build: { sourcemap: false },
	server: {
		proxy: Object.fromEntries(theirs.map((path) => [path, { target: service }]))
	},
	test: { include: ['src/**/*.test.ts'], environment: 'node', isolate: false }
});
