import type { HandleClientError } from '@sveltejs/kit';

/** What broke in a page itself; what the API refused has its own sentence already. */
export const handleError: HandleClientError = ({ error, message }) => {
	console.error(error);
	return { message: error instanceof Error ? error.message : message };
};
