/** Where at GitHub a policy file is changed, by a pull request. */
export const PATH = '.github/copilot-orchestrator.yml';

interface Repository {
	html_url: string | null;
	default_branch?: string | null;
}

const MOST = 6000; // characters of an address that GitHub takes without fail

/**
 * Returns the address of GitHub's page that makes the file, filled in with the draft, or of its
 * editor where there is one already, which takes no text by its address; null: not known.
 */
export function proposalAt(repository: Repository, exists: boolean, draft: string): string | null {
	if (!repository.html_url || !repository.default_branch) return null;
	const branch = repository.default_branch.split('/').map(encodeURIComponent).join('/');
	if (exists) return `${repository.html_url}/edit/${branch}/${PATH}`;
	const query = new URLSearchParams({ filename: PATH, ...(draft ? { value: draft } : {}) });
	const address = `${repository.html_url}/new/${branch}?${query}`;
	return address.length > MOST ? `${repository.html_url}/new/${branch}?filename=${PATH}` : address;
}
