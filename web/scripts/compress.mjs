// Packs each built file once, so that the service never has to.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const build = new URL('../build/', import.meta.url);
const worth = /\.(html|js|css|svg|json|txt)$/;
const level = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

for (const entry of await readdir(build, { recursive: true, withFileTypes: true })) {
	if (!entry.isFile() || !worth.test(entry.name)) continue;
	const path = `${entry.parentPath}/${entry.name}`;
	const content = await readFile(path);
	await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
	await writeFile(`${path}.br`, await promisify(brotliCompress)(content, level));
}
