"""What is known of one issue, of one pull request, of one commit: facts merged, and when we heard.

Every value is a merge of facts that is the same in whatever order they come, save for when we heard
of them, which is our own time and measures waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from events.github import (
    ActorKind,
    AssignmentChanged,
    Association,
    ClosingSeen,
    DependencyChanged,
    IssueSeen,
    LabelChanged,
    PullRequestSeen,
    ReviewRequested,
    ReviewSeen,
)

CheckKind: TypeAlias = Literal["run", "status", "suite", "actions"]
COMPLETED = 3  # the rank of a check that is over


@dataclass(frozen=True, slots=True)
class Heard:
    """When we last recorded something new about a thing: our time, for measuring waits."""

    position: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check on a commit, as last seen; ``at`` is when it began, or was last updated.

    ``suite`` is the check suite that a run or an Actions run belongs to. ``rank`` is how far along
    it is, ``COMPLETED`` at the end. ``by_actions``: its App is GitHub Actions.

    Of one attempt of an Actions run: ``workflow`` (theirs) and ``event`` say what it is a run of,
    ``began_at`` when a re-run began, ``first_at`` the earliest that was told of the attempt;
    ``agents_own``: an agent at work, and no check of the repository's.
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
    by_actions: bool = False
    workflow: str | None = None
    event: str | None = None
    began_at: datetime | None = None
    first_at: datetime | None = None
    agents_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """When somebody last told Copilot to work on a pull request, and who it was."""

    author_id: int
    at: datetime
    author_login: str | None = None
    author_kind: ActorKind = "person"
    association: Association | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """GitHub's answer to whether somebody may write, asked ``at`` a time by our clock."""

    user_id: int
    may_write: bool
    at: datetime
    position: int
    login: str | None = None
    permission: str | None = None


Labels: TypeAlias = Mapping[str, LabelChanged]  # by key
Dependencies: TypeAlias = Mapping[str, DependencyChanged]  # by ``repository id#number``
Reviews: TypeAlias = Mapping[int, ReviewSeen]  # by id
Mentions: TypeAlias = Mapping[int, Mention]  # by author
Permissions: TypeAlias = Mapping[int, Permission]  # by user
Requests: TypeAlias = Mapping[str, ReviewRequested]  # by user or team
Checks: TypeAlias = Mapping[str, Check]  # by slot: kind and id, or context of a status
Marks: TypeAlias = Mapping[int, tuple[str, ...]]  # by author: ids of actions, sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssue:
    """All that is known of one issue; ``seen`` is None while no delivery showed the issue itself.

    ``assignment`` is Copilot's, ``labels`` are single changes with who made them. ``marks`` are
    those of our actions that comments carry, whoever wrote them. ``heard`` is of the issue,
    ``heard_assigned`` of its assignment. ``seen_assigned`` is GitHub's time of the newest snapshot
    that had Copilot among the assignees: a later one that has not says that it was taken off,
    though no delivery may have said so.
    """

    seen: IssueSeen | None = None
    labels: Labels = field(default_factory=dict)
    assignment: AssignmentChanged | None = None
    seen_assigned: datetime | None = None
    reopened_at: datetime | None = None
    dependencies: Dependencies = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)
    heard: Heard | None = None
    heard_assigned: Heard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPullRequest:
    """All that is known of one pull request; ``seen`` is None while no delivery showed it itself.

    ``mentions`` are who told Copilot to work on it, whether or not they may; ``permissions`` what
    GitHub answered of those who spoke. ``finished_at`` is when Copilot last ended its work: it
    asked for a review, or its timeline says so. ``closes`` are the issues that it closes by
    GitHub's own answer, None: it was not asked. ``said_at`` is when somebody last said something,
    by GitHub's clock. ``heard`` is of the pull request and its requests, ``heard_reviews`` of
    reviews and comments that were new.
    """

    seen: PullRequestSeen | None = None
    reviews: Reviews = field(default_factory=dict)
    requests: Requests = field(default_factory=dict)
    mentions: Mentions = field(default_factory=dict)
    permissions: Permissions = field(default_factory=dict)
    closes: ClosingSeen | None = None
    finished_at: datetime | None = None
    marks: Marks = field(default_factory=dict)
    said_at: datetime | None = None
    heard: Heard | None = None
    heard_reviews: Heard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCommit:
    """The checks of one commit, and when we last heard of one."""

    checks: Checks = field(default_factory=dict)
    heard: Heard | None = None


UNKNOWN_ISSUE = KnownIssue()
UNKNOWN_PULL_REQUEST = KnownPullRequest()
UNKNOWN_COMMIT = KnownCommit()


@dataclass(frozen=True, slots=True)
class Subjects:
    """Some issues and pull requests, by number, and some commits, by SHA."""

    issues: frozenset[int] = frozenset()
    pull_requests: frozenset[int] = frozenset()
    commits: frozenset[str] = frozenset()
