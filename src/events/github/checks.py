"""What a delivery says of checks: runs, suites, commit statuses and Actions runs.

``pull_request_numbers`` is empty for pushes to a fork: join on ``head_sha``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from events.github.fact import Fact, MergeKey
from events.github.names import check_name, is_agents_own_run
from events.github.node import Node
from events.github.reading import Delivered, Keys, Noun, Observed, plain
from events.github.repositories import repository_seen
from events.scalars import distinct

ACTIONS_APP_ID = 15368  # of GitHub Actions on github.com; elsewhere its slug tells
_ACTIONS_SLUG = "github-actions"
_LONG = 1000  # characters of a name that are read before it is cut


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRunSeen(Fact):
    """One run of a check on a commit; ``by_actions``: it is a job of a GitHub Actions run."""

    merge_key: ClassVar = MergeKey(
        family="check_run",
        identity=("repository_id", "id"),
        order=("started_at", "rank", "completed_at"),
    )

    repository_id: int
    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    app_id: int | None = None
    by_actions: bool = False
    suite_id: int | None = None
    head_branch: str | None = None
    pull_request_numbers: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """How far along it is."""
        return status_rank(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSuiteSeen(Fact):
    """All checks of one App on a commit; may complete before its last run is seen to."""

    merge_key: ClassVar = MergeKey(
        family="check_suite", identity=("repository_id", "id"), order=("updated_at", "rank")
    )

    repository_id: int
    id: int
    head_sha: str
    updated_at: datetime
    status: str | None = None
    conclusion: str | None = None
    head_branch: str | None = None
    app_id: int | None = None
    by_actions: bool = False
    pull_request_numbers: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """How far along it is."""
        return status_rank(self.status or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStatusSeen(Fact):
    """A status of a commit, the older kind of check; the newest of a ``context`` counts."""

    merge_key: ClassVar = MergeKey(
        family="commit_status",
        identity=("repository_id", "sha", "context"),
        order=("updated_at", "id"),
    )

    repository_id: int
    id: int
    sha: str
    context: str
    state: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsRunSeen(Fact):
    """A run of a GitHub Actions workflow (theirs, not one of our workflows).

    ``event`` is what started it. ``began_at`` is when its attempt began, of a re-run only.
    ``agents_own``: an agent at work, such as Copilot, and no check of the repository's.
    """

    merge_key: ClassVar = MergeKey(
        family="actions_run",
        identity=("repository_id", "id"),
        order=("attempt", "updated_at", "rank"),
    )

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
    began_at: datetime | None = None
    agents_own: bool = False
    pull_request_numbers: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """How far along it is."""
        return status_rank(self.status)


def check_run_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a check run."""
    run = delivery.root.need_node("check_run")
    seen = CheckRunSeen(
        repository_id=delivery.repository_id,
        id=run.need_integer("id"),
        name=check_name(run.need_text("name", _LONG)),
        head_sha=run.need_name("head_sha"),
        status=run.need_name("status"),
        conclusion=run.name("conclusion"),
        started_at=run.moment("started_at"),
        completed_at=run.moment("completed_at"),
        app_id=run.node("app").integer("id"),
        by_actions=_is_actions(run.node("app")),
        suite_id=run.node("check_suite").integer("id"),
        head_branch=run.node("check_suite").name("head_branch"),
        pull_request_numbers=_numbers(run, "pull_requests"),
    )
    return (seen,)


def check_suite_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a check suite."""
    suite = delivery.root.need_node("check_suite")
    seen = CheckSuiteSeen(
        repository_id=delivery.repository_id,
        id=suite.need_integer("id"),
        head_sha=suite.need_name("head_sha"),
        updated_at=suite.need_moment("updated_at"),
        status=suite.name("status"),
        conclusion=suite.name("conclusion"),
        head_branch=suite.name("head_branch"),
        app_id=suite.node("app").integer("id"),
        by_actions=_is_actions(suite.node("app")),
        pull_request_numbers=_numbers(suite, "pull_requests"),
    )
    return (seen,)


def commit_status_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a commit status, which is the delivery's root itself."""
    status = delivery.root
    seen = CommitStatusSeen(
        repository_id=delivery.repository_id,
        id=status.need_integer("id"),
        sha=status.need_name("sha"),
        context=status.need_text("context", _LONG),
        state=status.need_name("state"),
        updated_at=status.need_moment("updated_at"),
    )
    return (seen,)


def actions_run_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a GitHub Actions run; one without an attempt is the first."""
    run = delivery.root.need_node("workflow_run")
    name, event = run.text("name", _LONG), run.name("event")
    path = run.name("path") or delivery.root.node("workflow").name("path")
    seen = ActionsRunSeen(
        repository_id=delivery.repository_id,
        id=run.need_integer("id"),
        attempt=run.integer("run_attempt") or 1,
        head_sha=run.need_name("head_sha"),
        status=run.need_name("status"),
        updated_at=run.need_moment("updated_at"),
        name=None if name is None else check_name(name),
        workflow_id=run.integer("workflow_id"),
        suite_id=run.integer("check_suite_id"),
        head_branch=run.name("head_branch"),
        event=event,
        conclusion=run.name("conclusion"),
        began_at=_re_run_at(run),
        agents_own=is_agents_own_run(event, path, name),
        pull_request_numbers=_numbers(run, "pull_requests"),
    )
    return (seen,)


def status_rank(status: str) -> int:
    """Return how far along a run is: 0 for a status we do not know, 3 for a completed one."""
    return _RANKS.get(status, 0)


_RANKS = {"requested": 1, "waiting": 1, "pending": 1, "queued": 1, "in_progress": 2, "completed": 3}


def _is_actions(app: Node) -> bool:
    return app.integer("id") == ACTIONS_APP_ID or app.name("slug") == _ACTIONS_SLUG


def _re_run_at(run: Node) -> datetime | None:
    """Return when a re-run began; the first attempt began when the run was created."""
    created, started = run.moment("created_at"), run.moment("run_started_at")
    return started if created is not None and started is not None and started > created else None


def _numbers(node: Node, key: str) -> tuple[int, ...]:
    """Return the numbers of the first hundred objects in a list, sorted."""
    return distinct([child.integer("number") for child in node.nodes(key)])


_NUMBERED = plain("id", "number")
_CHECK_RUN: Keys = {
    **plain("id", "name", "head_sha", "status", "conclusion", "started_at", "completed_at"),
    "app": plain("id", "slug"),
    "check_suite": plain("id", "head_branch"),
    "pull_requests": _NUMBERED,
}
_STATUS = plain("id", "state", "context", "updated_at")
_ACTIONS_RUN: Keys = {
    **plain("id", "run_attempt", "head_sha", "status", "updated_at", "name", "workflow_id"),
    **plain("check_suite_id", "head_branch", "event", "conclusion", "path"),
    **plain("created_at", "run_started_at"),
    "pull_requests": _NUMBERED,
}

NOUN = Noun(
    events={
        "check_run": (repository_seen, check_run_seen),
        "check_suite": (repository_seen, check_suite_seen),
        "status": (repository_seen, commit_status_seen),
        "workflow_run": (repository_seen, actions_run_seen),
    },
    observed={
        "check_run": Observed(event="check_run", readers=(check_run_seen,), keys=_CHECK_RUN),
        "status": Observed(event="status", readers=(commit_status_seen,), keys=_STATUS),
        "actions_run": Observed(
            event="workflow_run", readers=(actions_run_seen,), keys=_ACTIONS_RUN
        ),
    },
)
