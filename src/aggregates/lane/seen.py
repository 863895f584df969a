"""What GitHub was last seen to say of a repository's work.

Every entry is a merge of facts that is the same in whatever order they come, so the whole is too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from events.github import (
    AssignmentChanged,
    DependencyChanged,
    IssueSeen,
    LabelChanged,
    PullRequestSeen,
    RepositorySeen,
    ReviewRequested,
    ReviewSeen,
)

CheckKind: TypeAlias = Literal["run", "status", "suite", "actions"]
COMPLETED = 3  # the rank of a check that is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The newest of one check on a commit; ``at`` is when it began, or was last updated.

    ``suite`` is the check suite that a run or an Actions run belongs to. ``rank`` is how far along
    it is, ``COMPLETED`` at the end.
    """

    kind: CheckKind
    name: str
    id: int
    rank: int
    app: int | None = None
    suite: int | None = None
    attempt: int = 1
    conclusion: str | None = None
    at: datetime | None = None
    done_at: datetime | None = None


Checks: TypeAlias = dict[str, Check]  # by slot: kind, app and name
Reviews: TypeAlias = dict[int, ReviewSeen]  # by id
Requests: TypeAlias = dict[str, ReviewRequested]  # by user or team


@dataclass(frozen=True, slots=True)
class Seen:
    """Facts merged by what they are about. Keys are numbers of issues and pull requests, or SHAs.

    ``assignments`` are Copilot's. ``mentions`` is when someone last told Copilot to work on a pull
    request, ``finished`` when Copilot last asked for its review, ``reopened`` when an issue was.
    ``marks`` are the ids of our actions that comments carry, sorted.
    """

    repository: RepositorySeen | None = None
    issues: dict[int, IssueSeen] = field(default_factory=dict)
    labels: dict[int, dict[str, LabelChanged]] = field(default_factory=dict)
    assignments: dict[int, AssignmentChanged] = field(default_factory=dict)
    reopened: dict[int, datetime] = field(default_factory=dict)
    dependencies: dict[int, dict[str, DependencyChanged]] = field(default_factory=dict)
    pull_requests: dict[int, PullRequestSeen] = field(default_factory=dict)
    reviews: dict[int, Reviews] = field(default_factory=dict)
    requests: dict[int, Requests] = field(default_factory=dict)
    mentions: dict[int, datetime] = field(default_factory=dict)
    finished: dict[int, datetime] = field(default_factory=dict)
    marks: dict[int, tuple[str, ...]] = field(default_factory=dict)
    commits: dict[str, Checks] = field(default_factory=dict)
