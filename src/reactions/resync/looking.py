"""Reading from GitHub what is open in a repository, one request after the other."""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from events.catalogue import Json, ObservedKind, ResyncObserved
from events.github import IssueSeen
from events.github.names import is_copilot_reviewer
from events.github.observations import kept
from events.json_types import JsonObject
from events.scalars import integer, text
from reactions.ports.failures import Forbidden, NotFound, Refused
from reactions.ports.github import Recovering
from reactions.resync.choosing import (
    MOST_SINGLY,
    Object,
    bases,
    chosen_issues,
    chosen_pulls,
    closely,
    vanished,
)
from reactions.resync.doubts import Doubtable
from reactions.visits import NotNow, Place

MOST_CHECKS = 300  # of one kind on one commit, and as many reviews of one pull request

T = TypeVar("T")

_log = structlog.get_logger("resync")


@dataclass(slots=True)
class Looking:
    """One look at a repository; ``seen`` grows, so that what came before a failure is not lost.

    ``more``: it was too much for one look.
    """

    github: Recovering
    place: Place
    seen: list[ResyncObserved] = field(default_factory=list)
    more: bool = False
    _around: dict[str, Json] = field(default_factory=dict)

    async def look(self) -> None:
        """Read it all; raises a GitHubFailure where GitHub does not answer.

        A list that the App may not read is left out, and nothing is taken to be gone from it.
        """
        await self._look_at_repository()
        pulls = await self._look_at_pulls()
        await self._look_at_issues()
        for pull in closely(self.place.lane, pulls):
            await self._look_closely(pull)
        for branch in bases(self.place.lane, self._around.get("default_branch"), pulls):
            await self._look_at_requirements(branch)

    async def look_again(self, doubted: Iterable[Doubtable]) -> None:
        """Read a few objects, each by itself; raises what ``look`` does.

        What is not found is left to ``look``: it knows whether issues can be seen here at all.
        """
        await self._look_at_repository()
        for seen in self._few(list(doubted)):
            if isinstance(seen, IssueSeen):
                with suppress(NotFound):
                    await self._read_issue(seen.number)
            else:
                await self._look_at_pull(seen.number)

    async def _look_at_repository(self) -> None:
        whole = await self.github.whole_repository(self.place.repo)
        if whole.get("id") != self.place.lane.repository_id:
            raise NotNow("another repository has its name now")
        repository = kept("repository", whole)
        self._around = {name: repository.get(name) for name in ("full_name", "default_branch")}
        self._saw("repository", repository)

    async def _look_at_pulls(self) -> list[Object]:
        listing = self.github.open_pull_requests(self.place.repo)
        listed, whole = await self._listed("pull_request", listing)
        pulls = chosen_pulls(self.place.lane, listed)
        for pull in pulls:
            self._saw("pull_request", pull)
        if whole:
            gone = vanished(self.place.lane.seen_pull_requests, listed)
            for number in self._few(gone):
                await self._look_at_pull(number)
        return pulls

    async def _look_at_issues(self) -> None:
        listing = self.github.open_issues(self.place.repo)
        listed, whole = await self._listed("issue", listing)
        for issue in chosen_issues(self.place.lane, listed):
            self._saw("issue", issue)
        if whole:
            gone = vanished(self.place.lane.seen_issues, listed)
            for number in self._few(gone):
                await self._look_at_issue(number)

    async def _look_at_pull(self, number: int) -> None:
        try:
            whole = await self.github.whole_pull_request(self.place.repo, number)
        except NotFound:
            return  # GitHub deletes no pull requests: we do not know
        self._saw("pull_request", kept("pull_request", whole))

    async def _look_at_issue(self, number: int) -> None:
        try:
            await self._read_issue(number)
        except NotFound:
            self._saw("issue", _as_known(self.place.lane.seen_issues[number]), gone=True)

    async def _read_issue(self, number: int) -> None:
        whole = await self.github.whole_issue(self.place.repo, number)
        self._saw("issue", kept("issue", whole))

    async def _look_at_requirements(self, branch: str) -> None:
        found = await self.github.required_checks(self.place.repo, branch)
        whole: JsonObject = {
            "branch": branch,
            "readable": found.readable,
            "checks": [{"context": name, "integration_id": app} for name, app in found.checks],
        }
        self._saw("requirements", kept("requirements", whole))

    async def _look_closely(self, pull: Object) -> None:
        number, sha = integer(pull.get("number")), _head(pull)
        repo, github = self.place.repo, self.github
        if number is None or sha is None:
            return
        reviews = await self._newest("review", github.reviews(repo, number))
        for review in reviews:
            self._saw("review", review, pull_request_number=number)
        for review in [each for each in reviews if _is_copilots(each, sha)][-1:]:
            await self._look_for_a_suggestion(number, review)
        for run in await self._newest("check_run", github.check_runs(repo, sha)):
            self._saw("check_run", run)
        for status in await self._oldest("status", github.statuses(repo, sha)):
            self._saw("status", status, sha=sha)
        for run in await self._newest("actions_run", github.actions_runs(repo, sha)):
            self._saw("actions_run", run)

    async def _look_for_a_suggestion(self, number: int, review: Object) -> None:
        """Read a comment of Copilot's review; one tells all that is asked of them."""
        review_id = integer(review.get("id"))
        if review_id is None or review_id in self.place.lane.pull_request(number).suggesting:
            return
        listing = self.github.review_comments(self.place.repo, number, review_id)
        for comment in (await self._oldest("review_comment", listing))[:1]:
            self._saw("review_comment", comment, pull_request_number=number)

    async def _newest(self, kind: ObservedKind, listing: AsyncIterator[JsonObject]) -> list[Object]:
        listed, _ = await self._listed(kind, listing)
        return listed[-MOST_CHECKS:]

    async def _oldest(self, kind: ObservedKind, listing: AsyncIterator[JsonObject]) -> list[Object]:
        listed, _ = await self._listed(kind, listing)
        return listed[:MOST_CHECKS]

    async def _listed(
        self, kind: ObservedKind, listing: AsyncIterator[JsonObject]
    ) -> tuple[list[Object], bool]:
        """Return the objects of a list, and whether that is all of them."""
        found: list[Object] = []
        try:
            async for whole in listing:
                found.append(kept(kind, whole))  # noqa: PERF401 (what came before a failure counts)
        except (Forbidden, NotFound, Refused) as failure:
            _log.warning(
                "a list is not read to its end",
                kind=kind,
                repository=self.place.lane.repository_id,
                error=str(failure)[:300],
            )
            return found, False
        return found, True

    def _few(self, several: list[T]) -> list[T]:
        self.more |= len(several) > MOST_SINGLY
        return several[:MOST_SINGLY]

    def _saw(
        self,
        kind: ObservedKind,
        whole: Object,
        *,
        pull_request_number: int | None = None,
        sha: str | None = None,
        gone: bool = False,
    ) -> None:
        self.seen.append(
            ResyncObserved(
                kind=kind,
                object=whole,
                repository={} if kind == "repository" else self._around,
                pull_request_number=pull_request_number,
                sha=sha,
                gone=gone,
            )
        )


def _head(pull: Object) -> str | None:
    head = pull.get("head")
    return text(head.get("sha"), 64) if isinstance(head, dict) else None


def _is_copilots(review: Object, sha: str) -> bool:
    """Say whether a review is one of Copilot's on a head, and may have left suggestions."""
    user = review.get("user")
    author_id = integer(user.get("id")) if isinstance(user, dict) else None
    commented = str(review.get("state")).lower() == "commented"
    return is_copilot_reviewer(author_id) and commented and review.get("commit_id") == sha


def _as_known(issue: IssueSeen) -> Object:
    """Return an issue that GitHub does not show any more as it was last seen."""
    return {
        "id": issue.id,
        "number": issue.number,
        "title": issue.title,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "labels": [{"name": name} for name in issue.labels],
        "assignees": [{"id": user_id} for user_id in issue.assignee_ids],
        "user": {"id": issue.author_id},
        "created_at": _written(issue.created_at),
        "updated_at": _written(issue.updated_at),
        "closed_at": _written(issue.closed_at),
    }


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
