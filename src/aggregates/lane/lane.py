"""One repository's line of work: the aggregate that everything is decided from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from aggregates.lane.ours import NOTHING_DONE, UNTOUCHED, Handling, Ours
from aggregates.lane.subjects import (
    UNKNOWN_COMMIT,
    UNKNOWN_ISSUE,
    UNKNOWN_PULL_REQUEST,
    KnownCommit,
    KnownIssue,
    KnownPullRequest,
)
from aggregates.lane.ties import NO_TIES, Ties
from aggregates.tenancy import Claim, Tenancy
from events.github import IssueSeen, PullRequestSeen, RepositorySeen, RequirementsSeen

# What a subject is that nothing keeps, by which its number is bounded. A thing is whatever was seen
# or handled, loose or not: that there are more things is the occasion to look.
Kind: TypeAlias = Literal[
    "thing", "labelled", "others", "pulls", "commits", "unseen", "unshown_issues", "unshown_pulls"
]
Tally: TypeAlias = Mapping[Kind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What is known of each issue, pull request and commit, and what we did.

    ``ties`` and ``tally`` follow from these, and are kept so that nobody looks at them all to find
    what hangs together, or how many there are. ``requirements`` are those of branches, by name.
    ``position`` is that of the last event that told something new, ``installation_id`` None until
    an event names one, ``claim`` what deliveries say against it, ``moved`` where it last left an
    installation that was known, ``access_changed`` the position of the last delivery by which
    access to the repository may have changed.
    """

    repository_id: int
    installation_id: int | None = None
    claim: Claim | None = None
    moved: int = 0
    position: int = 0
    repository: RepositorySeen | None = None
    requirements: Mapping[str, RequirementsSeen] = field(default_factory=dict)
    access_changed: int = 0
    issues: Mapping[int, KnownIssue] = field(default_factory=dict)
    pull_requests: Mapping[int, KnownPullRequest] = field(default_factory=dict)
    commits: Mapping[str, KnownCommit] = field(default_factory=dict)
    ours: Ours = NOTHING_DONE
    ties: Ties = NO_TIES
    tally: Tally = field(default_factory=dict)

    def issue(self, number: int) -> KnownIssue:
        """Return what is known of an issue."""
        return self.issues.get(number, UNKNOWN_ISSUE)

    def pull_request(self, number: int) -> KnownPullRequest:
        """Return what is known of a pull request."""
        return self.pull_requests.get(number, UNKNOWN_PULL_REQUEST)

    def commit(self, sha: str) -> KnownCommit:
        """Return what is known of a commit."""
        return self.commits.get(sha, UNKNOWN_COMMIT)

    def handling(self, issue_number: int) -> Handling:
        """Return what was done for an issue."""
        return self.ours.handlings.get(issue_number, UNTOUCHED)

    def linked(self, issue_number: int) -> tuple[int, ...]:
        """Return the pull requests that work on an issue, open or not, sorted."""
        return self.ties.pull_requests.get(issue_number, ())

    @property
    def tenancy(self) -> Tenancy:
        """Whose the repository is."""
        seen = self.repository
        return Tenancy(
            installation_id=self.installation_id,
            full_name=seen.full_name if seen else None,
            at=seen.updated_at if seen else None,
            claim=self.claim,
            moved=self.moved,
        )

    @property
    def seen_issues(self) -> dict[int, IssueSeen]:
        """The issues as they were last seen, by number."""
        known = self.issues.items()
        return {number: issue.seen for number, issue in known if issue.seen is not None}

    @property
    def seen_pull_requests(self) -> dict[int, PullRequestSeen]:
        """The pull requests as they were last seen, by number."""
        known = self.pull_requests.items()
        return {number: pull.seen for number, pull in known if pull.seen is not None}

    @property
    def numbers(self) -> set[int]:
        """The issues that were seen or that an operator or an action named."""
        return {*self.seen_issues, *self.ours.handlings}


def initial_state(repository_id: int) -> Lane:
    """Return the lane of a repository of which nothing is known."""
    return Lane(repository_id=repository_id)
