import type { HandleClientError } from '@sveltejs/kit/hooks';

/** What broke in a page itself; what the API refused, or is not there, has its sentence already. */
export const handleError: HandleClientError = ({ kind, error }) => {
	if (kind !== 'unknown') return;
	console.error(error);
	return { message: error instanceof Error ? error.message : 'something failed in this page' };
};
