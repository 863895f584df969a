"""Asking GitHub for all that is judged, side by side where nothing depends on the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from events.github.agents import COPILOT, known_agents
from events.scalars import integer
from reactions.ports.answers import (
    ActingUser,
    AppSetup,
    HookDelivery,
    HookSetup,
    Repository,
    ServerSetup,
)
from reactions.ports.failures import Forbidden, NotFound, Refused
from reactions.ports.github import AskingAsUser, Examining, Recovering
from runtime.doctor.copilot import RepositoryStanding
from runtime.doctor.finding import Reading, Unasked, Unread, attempt
from runtime.doctor.installations import Installation, read_installation

T = TypeVar("T")

MAX_REPOSITORIES = 5
MAX_INSTALLATIONS = 20

_MAX_DELIVERIES = 100
_A_DAY = timedelta(days=1)

NO_SERVER = Unasked("GitHub does not answer", "see GitHub")

_NO_INSTALLATIONS = Unasked("the installations could not be read", "see the installations")
_NO_APP = Unasked("this takes the App", "see the App")
_NO_USER = Unasked("this takes an acting user", "see the acting user")


class Examined(Examining, AskingAsUser, Recovering, Protocol):
    """What of GitHub the doctor asks."""


@dataclass(frozen=True, slots=True)
class GitHubReadings:
    """All that GitHub told; None is an App or a user that is not configured."""

    server: Reading[ServerSetup]
    app: Reading[AppSetup | None]
    user: Reading[ActingUser | None]
    hook: Reading[HookSetup]
    deliveries: Reading[Sequence[HookDelivery]]
    installations: Reading[Sequence[Installation]]
    repositories: Reading[Sequence[RepositoryStanding]]


def unasked(why: Unasked) -> GitHubReadings:
    """Return that nothing was asked, and why."""
    return GitHubReadings(why, why, why, why, why, why, why)


@dataclass(frozen=True, slots=True)
class Questions:
    """Asks all there is to ask; each question may take so many seconds."""

    github: Examined
    now: datetime
    seconds: float
    have_app: bool

    async def ask(self) -> GitHubReadings:
        """Ask; where GitHub does not answer at all, it is not asked the rest."""
        server = await self._attempt(self.github.server())
        if isinstance(server, Unread):
            return replace(unasked(NO_SERVER), server=server)
        app, user = await asyncio.gather(self._app(), self._attempt(self.github.acting_user()))
        asked = replace(unasked(_NO_APP), server=server, app=app, user=user)
        return await self._as_app(asked) if isinstance(app, AppSetup) else asked

    async def _app(self) -> AppSetup | Unread | None:
        return await self._attempt(self.github.app()) if self.have_app else None

    async def _as_app(self, asked: GitHubReadings) -> GitHubReadings:
        deliveries = self.github.deliveries(self.now - _A_DAY)
        hook, delivered, installations = await asyncio.gather(
            self._attempt(self.github.hook()),
            self._attempt(_first(deliveries, _MAX_DELIVERIES)),
            self._attempt(self._installations()),
        )
        found = replace(asked, hook=hook, deliveries=delivered, installations=installations)
        if isinstance(installations, Unread):
            return replace(found, repositories=_NO_INSTALLATIONS)
        listed = await self._attempt(self._listed(installations))
        if isinstance(listed, Unread):
            return replace(found, repositories=listed)
        have_user = isinstance(asked.user, ActingUser)
        looked = (self._repository(each, have_user=have_user) for each in listed)
        return replace(found, repositories=await asyncio.gather(*looked))

    async def _installations(self) -> list[Installation]:
        listed = await _first(self.github.installations(), MAX_INSTALLATIONS)
        return [each for each in map(read_installation, listed) if each is not None]

    async def _listed(self, installations: Sequence[Installation]) -> list[Repository]:
        """List the first few repositories of all installations."""
        found: list[Repository] = []
        for each in installations:
            wanted = MAX_REPOSITORIES - len(found)
            if wanted and not each.suspended:
                listed = await _first(self.github.repositories(each.id), wanted)
                found += [Repository(each.id, str(one.get("full_name"))) for one in listed]
        return found

    async def _repository(self, repo: Repository, *, have_user: bool) -> RepositoryStanding:
        needed = self._attempt(self.github.runs_need_approval(repo))
        if not have_user:
            return RepositoryStanding(repo.full_name, _NO_USER, await needed, _NO_USER)
        asking = self._attempt(self.github.assignable_bots(repo))
        told = self._attempt(self._tells_of_sessions(repo))
        knowing = self._attempt(self._knows_agent_merge(repo))
        bots, approval, tells, knows = await asyncio.gather(asking, needed, told, knowing)
        if isinstance(bots, Unread):
            return RepositoryStanding(repo.full_name, bots, approval, tells)
        others = (each for each in known_agents().rows if each is not COPILOT)
        return RepositoryStanding(
            full_name=repo.full_name,
            assignable=COPILOT.user_id in bots,
            runs_need_approval=approval,
            tells_of_sessions=tells,
            lacking=tuple(each.title for each in others if each.user_id not in bots),
            knows_agent_merge=knows,
        )

    async def _knows_agent_merge(self, repo: Repository) -> bool | None:
        """Ask about any open pull request; None: there is none to ask about."""
        for pull in await _first(self.github.open_pull_requests(repo), 1):
            try:
                asked = await self.github.agent_merge(repo, integer(pull.get("number")) or 0)
            except (NotFound, Forbidden, Refused):
                return False
            return asked is not None
        return None

    async def _tells_of_sessions(self, repo: Repository) -> bool:
        """Ask for them; that there are none is an answer, too."""
        await self.github.tasks(repo)
        return True

    async def _attempt(self, reading: Awaitable[T]) -> T | Unread:
        return await attempt(reading, self.seconds)


async def _first(items: AsyncIterator[T], most: int) -> list[T]:
    found: list[T] = []
    async for item in items:
        found.append(item)
        if len(found) == most:
            break
    return found
