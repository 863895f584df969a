/** What can be told of one issue's workflow: the words of each command, and where it is posted. */
import { command as post } from '#lib/api/commands.ts';

const AT = '/api/repositories/{repository_id}/workflows/{issue_number}';

export const COMMANDS = {
	retry: {
		label: 'Retry',
		title: 'Start afresh with this issue?',
		says: 'Attempts, failures and timers of before count no more, and the stage is decided anew.'
	},
	enqueue: {
		label: 'Enqueue',
		title: 'Queue this issue?',
		says: 'It waits for its turn in the lane, with or without the label.'
	},
	skip: {
		label: 'Skip',
		title: 'Skip this issue?',
		says: 'Nothing is done for it until it is enqueued or retried; the lane goes on.'
	},
	'take-over': {
		label: 'Take over',
		title: 'Take this issue over?',
		says: 'It is left to a person and only watched; the lane goes on with the next one.'
	},
	release: {
		label: 'Release',
		title: 'Give this issue back?',
		says: 'The person who took it over is done with it; it is conducted again.'
	},
	link: {
		label: 'Link…',
		title: 'Does a pull request work on this issue?',
		says: 'What you say counts where GitHub’s own links say nothing.'
	}
} as const;

export type Name = keyof typeof COMMANDS;

export interface Place {
	repository_id: number;
	issue_number: number;
}

/** Gives a command; the answer's position is what every later read waits for. */
export function give(
	name: Name,
	path: Place,
	body: { reason: string; pull_request?: number; works?: boolean }
): Promise<{ position: number }> {
	return post(`${AT}/${name}` as `${typeof AT}/retry`, { params: { path }, body } as never);
}
