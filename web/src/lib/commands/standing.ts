/** Whether a command would be taken, as the API said it for whoever is signed in. */
import type { components } from '#lib/api/generated/schema.ts';

export type Standing = components['schemas']['CommandStanding'];

export const IN_THE_PAST =
	'This page shows the past; what is done is done now. Go back to now for it.';

/** Returns why a command cannot be given, null where it can be. */
export function whyNot(
	standings: readonly Pick<Standing, 'command' | 'allowed' | 'why_not'>[],
	command: string,
	isPast: boolean
): string | null {
	if (isPast) return IN_THE_PAST;
	const told = standings.find((each) => each.command === command);
	if (!told) return 'The service does not say whether this can be done now.';
	return told.allowed ? null : (told.why_not ?? 'This is not allowed now.');
}

/** Returns why a command that says something would be refused, null where nothing is known against it. */
export function whyNotSay(
	standings: readonly Pick<Standing, 'command' | 'choices'>[],
	command: string,
	says: Record<string, unknown>
): string | null {
	const choices = standings.find((each) => each.command === command)?.choices ?? [];
	const same = choices.find((each) =>
		Object.entries(says).every(([name, value]) => each.says[name] === value)
	);
	return same?.why_not ?? null;
}
