"""GitHub as one action meets it: every change takes its turn."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reactions.executor.pace import THE_USER, Budget, Pace
from reactions.ports.answers import (
    Answer,
    Assignment,
    Issue,
    MergeMethod,
    PullRequest,
    Repository,
)
from reactions.ports.failures import RateLimited
from reactions.ports.github import Acting, Reading


class Workable(Reading, Acting, Protocol):
    """What the executor asks of GitHub: to look and to act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedGitHub:
    """Hands on what is asked; of two changes by one credential the second waits its turn.

    What a person's token does takes a turn of the person's too, whose budget all installations
    share. ``admit`` is asked once it is a change's turn, right before it, and raises where it is
    not to be made.
    """

    github: Workable
    pace: Pace
    clock: Callable[[], datetime]
    admit: Callable[[], Awaitable[None]]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def issue(self, repo: Repository, number: int) -> Issue:
        """Return an issue."""
        return await self.github.issue(repo, number)

    async def pull_request(self, repo: Repository, number: int) -> PullRequest:
        """Return a pull request."""
        return await self.github.pull_request(repo, number)

    async def comment_with(
        self, repo: Repository, number: int, marker: str, since: datetime | None = None
    ) -> int | None:
        """Return the id of the first comment that contains a marker, or None."""
        return await self.github.comment_with(repo, number, marker, since)

    async def assign_copilot(self, repo: Repository, number: int, assignment: Assignment) -> Answer:
        """Assign an issue to Copilot."""
        call = self.github.assign_copilot
        return await self._as_user(repo, lambda: call(repo, number, assignment))

    async def comment(self, repo: Repository, number: int, body: str, *, as_user: bool) -> Answer:
        """Comment on an issue or a pull request."""
        turn = self._as_user if as_user else self._as_app
        return await turn(repo, lambda: self.github.comment(repo, number, body, as_user=as_user))

    async def mark_ready(self, repo: Repository, number: int) -> Answer:
        """Take a pull request out of draft."""
        return await self._as_user(repo, lambda: self.github.mark_ready(repo, number))

    async def request_copilot_review(self, repo: Repository, number: int) -> Answer:
        """Request a review by Copilot: as the acting user, where there is one."""
        return await self._as_user(repo, lambda: self.github.request_copilot_review(repo, number))

    async def add_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Add a label."""
        return await self._as_app(repo, lambda: self.github.add_label(repo, number, label))

    async def remove_label(self, repo: Repository, number: int, label: str) -> Answer:
        """Remove a label."""
        return await self._as_app(repo, lambda: self.github.remove_label(repo, number, label))

    async def merge(
        self, repo: Repository, number: int, head_sha: str, method: MergeMethod
    ) -> Answer:
        """Merge a pull request."""
        return await self._as_app(repo, lambda: self.github.merge(repo, number, head_sha, method))

    async def _as_app(self, repo: Repository, call: Callable[[], Awaitable[Answer]]) -> Answer:
        return await self._in_turn((repo.installation_id,), call)

    async def _as_user(self, repo: Repository, call: Callable[[], Awaitable[Answer]]) -> Answer:
        return await self._in_turn((repo.installation_id, THE_USER), call)

    async def _in_turn(
        self, budgets: tuple[Budget, ...], call: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        if seconds := self.pace.reserve(budgets, self.clock()):
            await self.pause(seconds)
        await self.admit()
        try:
            return await call()
        except RateLimited as limited:
            self.pace.rest(_spent(budgets, limited), limited.until)
            raise


def _spent(budgets: tuple[Budget, ...], limited: RateLimited) -> tuple[Budget, ...]:
    """Return whose limit it was; what a person does may take looks that the App makes, too."""
    if limited.holder is None:
        return budgets
    return tuple(each for each in budgets if (each == THE_USER) == (limited.holder == "user"))
