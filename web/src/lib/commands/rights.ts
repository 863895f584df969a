/** What somebody may do in a repository, before the API is asked: it decides, this only saves a refusal. */
import type { components } from '#lib/api/generated/schema.ts';

type Me = components['schemas']['Me'];
type Role = Me['role_at_most'];

const ROLES: Role[] = ['none', 'viewer', 'operator', 'maintainer', 'administrator'];
const GITHUBS_WORDS = { operator: 'write access', maintainer: 'the role maintain or admin' };

/** Returns why somebody may not give the commands of a role, null where they may. */
export function lacks(
	me: Me | null | undefined,
	repository: number,
	least: 'operator' | 'maintainer'
): string | null {
	if (!me) return 'Nobody is signed in.';
	const most = ROLES.indexOf(me.role_at_most);
	const held = me.is_administrator
		? most
		: Math.min(
				most,
				ROLES.indexOf(me.repositories.find((each) => each.id === repository)?.role ?? 'none')
			);
	return held >= ROLES.indexOf(least)
		? null
		: `This needs ${GITHUBS_WORDS[least]} to the repository at GitHub.`;
}
