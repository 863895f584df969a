/** Whether a command would be taken, as the API said it for whoever is signed in. */
export interface Standing {
	command: string;
	allowed: boolean;
	why_not: string | null;
}

export const IN_THE_PAST =
	'This page shows the past; what is done is done now. Go back to now for it.';

/** Returns why a command cannot be given, null where it can be. */
export function whyNot(
	standings: readonly Standing[],
	command: string,
	isPast: boolean
): string | null {
	if (isPast) return IN_THE_PAST;
	const told = standings.find((each) => each.command === command);
	if (!told) return 'The service does not say whether this can be done now.';
	return told.allowed ? null : (told.why_not ?? 'This is not allowed now.');
}
