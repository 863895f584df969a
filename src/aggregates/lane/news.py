"""What an event tells that is new, beside the lane as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from aggregates.lane.lane import Lane
from aggregates.lane.subjects import Heard, KnownCommit, KnownIssue, KnownPullRequest
from events.github import Fact, RepositorySeen, RequirementsSeen
from events.github.merge import merge

F = TypeVar("F", bound=Fact)
K = TypeVar("K", int, str)


@dataclass(slots=True)
class News:
    """What an event tells that is new, beside the lane as it was: subjects as they now are."""

    lane: Lane
    now: Heard
    repository: RepositorySeen | None = None
    requirements: Mapping[str, RequirementsSeen] | None = None
    access_changed: bool = False
    issues: dict[int, KnownIssue] = field(default_factory=dict)
    pull_requests: dict[int, KnownPullRequest] = field(default_factory=dict)
    commits: dict[str, KnownCommit] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether there is any."""
        subjects = self.issues or self.pull_requests or self.commits
        whole = self.repository or self.requirements is not None or self.access_changed
        return bool(subjects or whole)

    def issue(self, number: int) -> KnownIssue:
        """Return an issue as it is known by now."""
        return self.issues.get(number) or self.lane.issue(number)

    def pull_request(self, number: int) -> KnownPullRequest:
        """Return a pull request as it is known by now."""
        return self.pull_requests.get(number) or self.lane.pull_request(number)

    def of_issue(self, number: int, **values: Any) -> None:  # noqa: ANN401 (any of its fields)
        """Note what is new of an issue."""
        self.issues[number] = replace(self.issue(number), **values)

    def of_pull_request(self, number: int, **values: Any) -> None:  # noqa: ANN401 (likewise)
        """Note what is new of a pull request."""
        self.pull_requests[number] = replace(self.pull_request(number), **values)


def merge_into(known: F | None, fact: F) -> F:
    """Return the known fact itself when the other one tells nothing new."""
    new = fact if known is None else merge(known, fact)
    return known if known is not None and new == known else new


def nest_into(known: Mapping[K, F], key: K, fact: F) -> Mapping[K, F]:
    """Return facts by key with one taken in, the same object when it tells nothing new."""
    old = known.get(key)
    new = merge_into(old, fact)
    return known if new is old else {**known, key: new}


def is_later(at: datetime, known: datetime | None) -> bool:
    """Say whether a time is later than what is known, if anything is."""
    return known is None or at > known
