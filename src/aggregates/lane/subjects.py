"""What is known of one issue, of one pull request, of one commit: facts merged, and when we heard.

Every value is a merge of facts that is the same in whatever order they come, save for when we heard
of them, which is our own time and measures waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from aggregates.lane.parts import Checks
from events.github import (
    ActorKind,
    AgentMergeSeen,
    AssignmentChanged,
    Association,
    ClosingSeen,
    DependencyChanged,
    FailureSeen,
    IssueSeen,
    LabelChanged,
    MergeableSeen,
    PullRequestSeen,
    ReviewRequested,
    ReviewSeen,
    SessionSeen,
    SubIssuesSeen,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """When we last recorded something new about a thing: our time, for measuring waits."""

    position: int
    at: datetime

    def is_news_to(self, answer: MergeableSeen | SubIssuesSeen) -> bool:
        """Say whether GitHub was asked before we heard of it, so that its answer may be old.

        By positions: who asks and who records may have different clocks, and either may jump. Of an
        answer that says none there are only times.
        """
        if answer.asked_after is None:
            return answer.at <= self.at
        return self.position > answer.asked_after


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
    asked_after: int | None = None
    login: str | None = None
    permission: str | None = None

    @property
    def order(self) -> tuple[int, datetime]:
        """What is greater for an answer that was asked for later."""
        return self.asked_after or 0, self.at


@dataclass(frozen=True, slots=True)
class AgentMergeAnswer:
    """GitHub's answer to whether Agent Merge is on, and where in the log we recorded it."""

    seen: AgentMergeSeen
    position: int


Labels: TypeAlias = Mapping[str, LabelChanged]  # by key
Assignments: TypeAlias = Mapping[int, AssignmentChanged]  # by user
Dependencies: TypeAlias = Mapping[str, DependencyChanged]  # by ``repository id#number``
Reviews: TypeAlias = Mapping[int, ReviewSeen]  # by id
Mentions: TypeAlias = Mapping[int, Mention]  # by author
Permissions: TypeAlias = Mapping[int, Permission]  # by user
Requests: TypeAlias = Mapping[str, ReviewRequested]  # by user or team
AgentMerges: TypeAlias = Mapping[str, AgentMergeAnswer]  # by head
Marks: TypeAlias = Mapping[int, tuple[str, ...]]  # by author: ids of actions, sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssue:
    """All that is known of one issue; ``seen`` is None while no delivery showed the issue itself.

    ``assignments`` are those of agents, by user; ``labels`` are single changes with who made them.
    ``marks`` are those of our actions that comments carry, whoever wrote them. ``heard`` is of the
    issue, ``heard_assigned`` of its assignment. ``seen_assigned`` is GitHub's time of the newest
    snapshot that had an agent among the assignees: a later one that has not says that it was taken
    off, though no delivery may have said so. ``session`` is what GitHub last answered of its
    agent's, and ``heard_session`` when it did. ``sub_issues`` are its parts by GitHub's last
    answer, while ``parted_at`` is GitHub's time of the newest change of them that a delivery told
    of, and ``heard_sub_issues`` when one did.
    """

    seen: IssueSeen | None = None
    labels: Labels = field(default_factory=dict)
    assignments: Assignments = field(default_factory=dict)
    seen_assigned: datetime | None = None
    reopened_at: datetime | None = None
    dependencies: Dependencies = field(default_factory=dict)
    marks: Marks = field(default_factory=dict)
    session: SessionSeen | None = None
    sub_issues: SubIssuesSeen | None = None
    parted_at: datetime | None = None
    heard: Heard | None = None
    heard_assigned: Heard | None = None
    heard_session: Heard | None = None
    heard_sub_issues: Heard | None = None

    @property
    def assignment(self) -> AssignmentChanged | None:
        """How an agent was last assigned, or unassigned where none is."""
        return max(self.assignments.values(), key=_newest, default=None)


def _newest(assignment: AssignmentChanged) -> tuple[object, ...]:
    return assignment.present, assignment.at, assignment.assignee_id


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPullRequest:
    """All that is known of one pull request; ``seen`` is None while no delivery showed it itself.

    ``mentions`` are who told Copilot to work on it, whether or not they may; ``permissions`` what
    GitHub answered of those who spoke. ``finished_at`` is when Copilot last ended its work: it
    asked for a review, or its timeline says so. ``closes`` are the issues that it closes by
    GitHub's own answer, None: it was not asked. ``failure`` is how checks failed by its last one,
    ``mergeable`` whether it conflicts with its base, ``agent_merges`` whether Agent Merge was on
    for it, by head. ``suggesting`` are ids of reviews of Copilot's that left comments on the
    changes, ascending. ``said_at`` is when somebody last said something, by GitHub's clock.
    ``heard`` is of the pull request and its requests, ``heard_reviews`` of reviews and comments
    that were new, ``heard_base`` of a push to its base while it was open, ``heard_failure`` of the
    answer how checks failed.
    """

    seen: PullRequestSeen | None = None
    reviews: Reviews = field(default_factory=dict)
    requests: Requests = field(default_factory=dict)
    mentions: Mentions = field(default_factory=dict)
    permissions: Permissions = field(default_factory=dict)
    closes: ClosingSeen | None = None
    failure: FailureSeen | None = None
    mergeable: MergeableSeen | None = None
    agent_merges: AgentMerges = field(default_factory=dict)
    suggesting: tuple[int, ...] = ()
    finished_at: datetime | None = None
    marks: Marks = field(default_factory=dict)
    said_at: datetime | None = None
    heard: Heard | None = None
    heard_reviews: Heard | None = None
    heard_base: Heard | None = None
    heard_failure: Heard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCommit:
    """The checks of one commit, and when we last heard of one."""

    checks: Checks = field(default_factory=Checks)
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
