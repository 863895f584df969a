"""As whom GitHub is changed: as the App, or as a person who lets us, the first who still may.

Those who consented come in their order, the acting user of the settings last. Who it is is decided
when a change is made, as consents are lost between: whoever cannot be acted as makes way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from aggregates.surroundings import Circumstances
from events.catalogue import Json
from reactions.ports.acting import ActingPeople, Lent
from reactions.ports.answers import Repository
from reactions.ports.failures import GitHubFailure, Refused, Unauthorised
from reactions.ports.github import Acting, ActingAsPeople, Answering, LookingUp

T = TypeVar("T")

Budget: TypeAlias = int  # an installation's id, THE_USER, or a person's id with a minus

THE_USER: Budget = 0  # of the settings; no installation of GitHub's has this id


class Workable(LookingUp, ActingAsPeople, Answering, Protocol):
    """What the executor asks of GitHub: to look, to answer and to act."""


def budget_of(user_id: int | None) -> Budget:
    """Return a user's budget; None: the one of the settings."""
    return THE_USER if user_id is None else -user_id


def is_a_users(budget: Budget) -> bool:
    """Say whether a budget is no installation's."""
    return budget <= THE_USER


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: by what, on whose budget, and how they are called."""

    github: Acting
    budget: Budget | None = None
    login: str | None = None
    lent: Lent | None = None

    @property
    def told(self) -> dict[str, Json]:
        """What an action's outcome says of who did it; nothing of the App."""
        return {} if self.login is None else {"as": self.login}


@dataclass(frozen=True, slots=True, kw_only=True)
class AsWhom:
    """Chooses who does what one action needs a user for; ``around`` says who there is."""

    github: Workable
    people: ActingPeople
    repository_id: int
    repo: Repository
    around: Circumstances

    async def choose(self) -> Actor:
        """Return the first who lets us and may write; raises what asking about them does."""
        around = self.around
        unreadable: Refused | None = None
        for user in around.consenting:
            try:
                lent = await self.people.lend(
                    user.user_id, user.login, self.repository_id, self.repo
                )
            except Refused as refused:  # a key is missing: others may help meanwhile
                unreadable = refused
                continue
            if lent is not None:
                github = self.github.as_person(lent.user_id, lent.token)
                return Actor(github, budget_of(lent.user_id), lent.login, lent)
        if unreadable is not None and around.set_user is None:
            raise unreadable
        login = around.set_user.login if around.set_user is not None else None
        return Actor(self.github, THE_USER, login)

    async def ask(self, question: Callable[[Acting], Awaitable[T]]) -> T:
        """Ask something as the first who lets us; once more where a token did not hold any longer.

        Raises what asking does.
        """
        actor = await self.choose()
        try:
            return await question(actor.github)
        except Unauthorised as failure:
            if not await self.makes_way(actor, failure):
                raise
        return await question((await self.choose()).github)

    async def makes_way(self, actor: Actor, failure: GitHubFailure) -> bool:
        """Say whether somebody else, or the same with a newer token, is to try after a refusal."""
        if actor.lent is None:
            return False
        return await self.people.refused(
            actor.lent,
            self.repository_id,
            self.repo,
            why=failure.words[:200],
            unauthorised=isinstance(failure, Unauthorised),
        )
