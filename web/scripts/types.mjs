// Writes what the API's own document says: the types of all requests and answers, and which reads
// can be asked of another moment, or be told to wait for a position.
// @ts-check
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const root = new URL('../', import.meta.url);
const folder = new URL('src/lib/api/generated/', root);
const document = JSON.parse(await readFile(new URL('openapi.json', root), 'utf-8'));

await mkdir(folder, { recursive: true });
await written('schema.ts', astToString(await openapiTS(document)));
await written('reads.ts', reads());

function reads() {
	const found = Object.entries(document.paths).flatMap(([path, methods]) => {
		const names = (methods.get?.parameters ?? []).map((each) => each.name);
		return methods.get ? [[path, names]] : [];
	});
	const having = (name) => found.filter(([, names]) => names.includes(name)).map(([path]) => path);
	return [
		'// Written by scripts/types.mjs from openapi.json.',
		`export const AS_OF: ReadonlySet<string> = new Set(${JSON.stringify(having('as_of'))});`,
		`export const WAITS: ReadonlySet<string> = new Set(${JSON.stringify(having('min_position'))});`,
		''
	].join('\n');
}

/** Leaves a file alone that would say the same, so that nothing is built anew. */
async function written(name, text) {
	const file = new URL(name, folder);
	const before = await readFile(file, 'utf-8').catch(() => '');
	if (before !== text) await writeFile(file, text);
}
