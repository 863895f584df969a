/** What can be told of a repository: what each command is called and will do, and giving it. */
import { command } from '#lib/api/commands.ts';

interface Words {
	/** What stands on its button. */
	label: string;
	/** What it will do, in a sentence or two. */
	says: string;
}

/** By the end of the path of each. */
export const COMMANDS = {
	pause: {
		label: 'Pause',
		says: 'Nothing more is decided or done in this repository until somebody resumes it. What happens at GitHub is still followed, and what Copilot has begun goes on.'
	},
	resume: {
		label: 'Resume',
		says: 'Decisions go on from how everything stands now; what was due meanwhile is done.'
	},
	mode: {
		label: 'Set mode',
		says: 'An operator’s mode holds before the policy’s, until it is given back to the policy.'
	},
	'queue/order': {
		label: 'Reorder',
		says: 'These come first, in this order; issues that are queued later follow as the policy orders them.'
	}
} as const satisfies Record<string, Words>;

export type Name = keyof typeof COMMANDS;

/** Gives a command about a repository; throws ApiProblem with the sentence of a refusal. */
export function give(
	repository: number,
	name: Name,
	body: { reason: string } & Record<string, unknown>
): Promise<{ position: number }> {
	return command(`/api/repositories/{repository_id}/${name}`, {
		params: { path: { repository_id: repository } },
		body
	} as never);
}
