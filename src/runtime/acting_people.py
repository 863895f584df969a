"""Who consented, as the executor asks for them: one room's words for another's."""

from dataclasses import dataclass

from people.acting import ActingPeople
from people.acting import Lent as TheirLent
from people.consents import Where
from people.ports import GitHubRefused, GitHubSilent
from reactions.ports.acting import Lent
from reactions.ports.answers import Repository
from reactions.ports.failures import Refused, Unavailable


@dataclass(frozen=True, slots=True)
class LendingPeople:
    """Fills the executor's port from room ``people``."""

    people: ActingPeople

    async def lend(
        self, user_id: int, login: str, repository_id: int, repo: Repository
    ) -> Lent | None:
        """Return somebody's token; raises Unavailable, or Refused."""
        where = Where(repository_id, repo.installation_id, repo.full_name)
        try:
            lent = await self.people.lend(user_id, login, where)
        except GitHubSilent as silent:
            raise Unavailable(str(silent), unsent=True) from silent
        except GitHubRefused as refused:
            raise Refused(str(refused)) from refused
        return None if lent is None else Lent(lent.user_id, lent.login, lent.token)

    async def refused(
        self, lent: Lent, repository_id: int, repo: Repository, *, why: str, unauthorised: bool
    ) -> bool:
        """Say whether another try may help; raises Unavailable, or Refused."""
        where = Where(repository_id, repo.installation_id, repo.full_name)
        theirs = TheirLent(lent.user_id, lent.login, lent.token)
        try:
            return await self.people.refused(theirs, where, why, unauthorised=unauthorised)
        except GitHubSilent as silent:
            raise Unavailable(str(silent), unsent=True) from silent
        except GitHubRefused as error:
            raise Refused(str(error)) from error
