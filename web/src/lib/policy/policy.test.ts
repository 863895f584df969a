import { expect, test } from 'vitest';
import { lineOf, problemsByLine } from './lines.ts';
import { proposalAt } from './proposing.ts';
import { bySection, valuesOf } from './values.ts';

const FILE = `# how this goes
mode: live
ci:
  max_attempts: 5   # times
  required:
    - lint
"review":
  approvals: 2
max_attempts: 1
`;

test('a key is found at its line, also one whose name stands elsewhere', () => {
	expect(lineOf(FILE, 'mode')).toBe(2);
	expect(lineOf(FILE, 'ci.max_attempts')).toBe(4);
	expect(lineOf(FILE, 'max_attempts')).toBe(9);
	expect(lineOf(FILE, 'review.approvals')).toBe(8);
});

test('of a key that is not there its section is shown, if that is', () => {
	expect(lineOf(FILE, 'review.max_rounds')).toBe(7);
	expect(lineOf(FILE, 'merge.method')).toBeNull();
	expect(lineOf('', 'mode')).toBeNull();
});

test('problems stand at their lines, what is about the file at its first', () => {
	const found = problemsByLine(FILE, [
		{ path: 'ci.max_attempts', message: 'expected less' },
		{ path: '', message: 'expected ":" at line 3, column 2' },
		{ path: '', message: 'expected text in UTF-8' }
	]);
	expect([...found.keys()]).toEqual([1, 3, 4]);
});

test('a mapping with an origin of its own is one value', () => {
	const policy = { agent_labels: { fast: 'scribe', slow: 'copilot' }, other_labels: {} };
	const origins = { agent_labels: 'server', other_labels: 'built-in' };
	expect(valuesOf(policy, origins)).toEqual([
		{ key: 'agent_labels', text: 'fast: scribe, slow: copilot', origin: 'server' },
		{ key: 'other_labels', text: 'none', origin: 'built-in' }
	]);
});

test('values are written as in the file, by section, with their layers', () => {
	const policy = {
		mode: 'live',
		ci: { required: ['lint', 'unit'], settle: null },
		x: { on: false, of: [] }
	};
	const values = valuesOf(policy, { mode: 'repository', 'ci.required': 'server' });
	expect(values).toEqual([
		{ key: 'mode', text: 'live', origin: 'repository' },
		{ key: 'ci.required', text: 'lint, unit', origin: 'server' },
		{ key: 'ci.settle', text: 'none', origin: 'built-in' },
		{ key: 'x.on', text: 'false', origin: 'built-in' },
		{ key: 'x.of', text: 'none', origin: 'built-in' }
	]);
	expect(bySection(values).map(([name, inner]) => [name, inner.length])).toEqual([
		['', 1],
		['ci', 2],
		['x', 2]
	]);
});

test('a new file is proposed with its text, one that is there in GitHub’s editor', () => {
	const repository = { html_url: 'https://gh/octo/pump', default_branch: 'release/1' };
	expect(proposalAt(repository, true, 'mode: live')).toBe(
		'https://gh/octo/pump/edit/release/1/.github/copilot-orchestrator.yml'
	);
	expect(proposalAt(repository, false, 'mode: live')).toContain('value=mode%3A+live');
	expect(proposalAt(repository, false, 'x'.repeat(9000))).not.toContain('xx');
	expect(proposalAt({ ...repository, default_branch: null }, true, '')).toBeNull();
});
