"""What a delivery says of checks: runs, suites, commit statuses and Actions runs.

``pull_request_numbers`` is empty for pushes to a fork: join on ``head_sha``.
"""

from dataclasses import dataclass
from datetime import datetime

_RANKS = {"requested": 1, "waiting": 1, "pending": 1, "queued": 1, "in_progress": 2, "completed": 3}


def status_rank(status: str) -> int:
    """Return how far along a run is: 0 for a status we do not know, 3 for a completed one."""
    return _RANKS.get(status, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRunSeen:
    """One run of a check on a commit."""

    repository_id: int
    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    app_id: int | None = None
    suite_id: int | None = None
    pull_request_numbers: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """How far along it is."""
        return status_rank(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSuiteSeen:
    """All checks of one App on a commit; may complete before its last run is seen to."""

    repository_id: int
    id: int
    head_sha: str
    updated_at: datetime
    status: str | None = None
    conclusion: str | None = None
    head_branch: str | None = None
    app_id: int | None = None
    pull_request_numbers: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """How far along it is."""
        return status_rank(self.status or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStatusSeen:
    """A status of a commit, the older kind of check; the newest of a ``context`` counts."""

    repository_id: int
    id: int
    sha: str
    context: str
    state: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsRunSeen:
    """A run of a GitHub Actions workflow (theirs, not one of our workflows)."""

    repository_id: int
    id: int
    attempt: int
    head_sha: str
    status: str
    updated_at: datetime
    name: str | None = None
    workflow_id: int | None = None
    suite_id: int | None = None
    head_branch: str | None = None
    event: str | None = None
    conclusion: str | None = None
    pull_request_numbers: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """How far along it is."""
        return status_rank(self.status)
