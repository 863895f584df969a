/** What needs a person: workflows and repositories as lines of one list, with one next act each. */
import type { components } from '#lib/api/generated/schema.ts';

export type Workflow = components['schemas']['ListedWorkflow'];
export type Repository = components['schemas']['RepositoryItem'];

/** What a person does next: at an address of GitHub, by a command here, or on a page of ours. */
export interface Act {
	label: string;
	at: string | null;
	command: string | null;
	/** On the page of the repository's policy rather than its own. */
	isPolicy?: boolean;
}

export interface Need {
	/** The same for as long as it is about the same thing. */
	key: string;
	/** Differs once it is another matter: then what was done for now comes back. */
	mark: string;
	title: string;
	repository: { id: number; full_name: string; html_url: string | null };
	/** Null: it is about the repository itself. */
	issue: number | null;
	at: string | null;
	stage: string | null;
	reason: string;
	since: string | null;
	position: number | null;
	act: Act | null;
}

/** Commands that ask for more than a reason, and are given on the page of the workflow. */
const ASKS_FOR_MORE = new Set(['link']);

/** Returns the line of a workflow. */
export function needOf(workflow: Workflow): Need {
	const { repository, issue, next_act: next } = workflow;
	return {
		key: `${repository.id}#${issue.number}`,
		mark: `${workflow.stage} ${workflow.since_position}`,
		title: issue.title ?? `Issue ${issue.number}`,
		repository,
		issue: issue.number,
		at: issue.html_url,
		stage: workflow.stage,
		reason: workflow.reason,
		since: workflow.since,
		position: workflow.position,
		act: next && {
			label: next.label,
			at: next.command ? null : next.html_url,
			command: next.command && !ASKS_FOR_MORE.has(next.command) ? next.command : null
		}
	};
}

/** Returns the line of a repository that needs somebody itself; null: only its workflows do, or nobody. */
export function needOfRepository(repository: Repository): Need | null {
	const told = troubleOf(repository);
	if (!told) return null;
	const [title, reason, act] = told;
	return {
		key: String(repository.id),
		mark: `${title} ${reason}`,
		title,
		repository,
		issue: null,
		at: repository.html_url,
		stage: null,
		reason,
		since: null,
		position: null,
		act
	};
}

type Trouble = [title: string, reason: string, act: Act | null];

function troubleOf(repository: Repository): Trouble | null {
	const { claim, health, paused, attention, policy_problem, next_act: next } = repository;
	const here = (label: string): Act => ({ label, at: null, command: null });
	if (claim) return ['Somebody else claims this repository', claim.problem, here('Settle it')];
	if (health === 'disconnected')
		return [
			'The App has no access',
			'It is not installed for this repository any more.',
			here('Look')
		];
	if (health === 'suspended')
		return ['The App is suspended', 'Its installation is suspended at GitHub.', here('Look')];
	if (next?.kind === 'fix_policy')
		return [
			'The policy file is invalid',
			`${policy_problem ?? ''}. What held before still does.`,
			{ ...here(next.label), isPolicy: true }
		];
	if (attention !== 'stuck') return null;
	if (paused)
		return [
			paused.where === 'lane' ? 'Paused' : `Paused, as is ${WHERE[paused.where]}`,
			paused.reason,
			paused.where === 'lane' ? { label: 'Resume', at: null, command: 'resume' } : here('Look')
		];
	if (repository.mode === 'live' && !repository.acting_user)
		return [
			'Nobody to act as',
			'It is live, but nobody who may write here has consented to be acted as.',
			here('Look')
		];
	return ['Nothing moves', 'All that waits is blocked, and nothing is under way.', here('Look')];
}

const WHERE = { everything: 'everything', installation: 'its installation', lane: 'this' };

/** Returns those of which a line says what somebody looks for, each word of it anywhere. */
export function matching(needs: readonly Need[], typed: string): Need[] {
	const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
	return needs.filter((need) => {
		const text =
			`${need.title} ${need.repository.full_name}#${need.issue ?? ''} ${need.reason} ${need.act?.label ?? ''}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
}

/** What was done for now: the mark of each, by its key. */
export type Done = Readonly<Record<string, string>>;

/** Returns whether something is done for now; not any more once it is another matter. */
export function isDone(need: Need, done: Done): boolean {
	return done[need.key] === need.mark;
}

/** Returns what was done for now with one more; with what is gone, or came back, forgotten. */
export function toggled(done: Done, need: Need, all: readonly Need[]): Done {
	const kept = all.filter((each) => isDone(each, done) && each.key !== need.key);
	const others = isDone(need, done) ? kept : [...kept, need];
	return Object.fromEntries(others.map((each) => [each.key, each.mark]));
}
