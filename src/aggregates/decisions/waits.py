"""The waits that run: for checks that settle and reviewers that fall quiet, and watchdogs.

A decision waits for the first two; once a watchdog's time has passed, a person is asked.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aggregates.decisions.intention import Timer
from aggregates.lane import Heard
from aggregates.stages import FINISHED, Placement, Stage
from aggregates.workflow import (
    Workflow,
    last_move,
    pending_assignment,
    progress_token,
    waits_for_copilot,
)
from aggregates.workflow.progress import copilot_finished, fired_since, further_round, start_token
from aggregates.workflow.watches import WATCHES, watch_token
from events.catalogue import TimerKind
from events.github import PullRequestSeen

_AT_REST = (*FINISHED, Stage.NEEDS_HUMAN)


def settling(workflow: Workflow, pull: PullRequestSeen) -> Timer | None:
    """Return the wait for the head's checks to stand still; None: they do.

    Where no check was heard of, what was heard of the pull request begins the wait: the first
    check may be on its way.
    """
    since = workflow.lane.commit(pull.head_sha).heard or workflow.pull.heard
    return _wait(workflow, "settle", since, workflow.circumstances.policy.ci.settle_seconds)


def quieting(workflow: Workflow) -> Timer | None:
    """Return the wait for people to say no more about the pull request; None: they are quiet."""
    since = workflow.pull.heard_reviews
    return _wait(workflow, "quiet", since, workflow.circumstances.policy.review.quiet_seconds)


def _wait(workflow: Workflow, kind: TimerKind, since: Heard | None, seconds: int) -> Timer | None:
    if since is None or seconds == 0:
        return None
    fired = fired_since(workflow, kind)
    if fired is not None and fired >= since.position:
        return None
    due_at = since.at + timedelta(seconds=seconds)
    token = str(since.position)
    return Timer(
        issue_number=workflow.number, kind=kind, token=token, since=since.at, due_at=due_at
    )


def watchdogs(workflow: Workflow, placement: Placement) -> Iterator[Timer]:
    """Yield the waits that run for a workflow which Copilot is to bring on.

    Retried or released they begin anew, or what a person just ended would be back at once.
    """
    if placement.stage in _AT_REST:
        return
    policy = workflow.circumstances.policy.watchdog
    yield from _watched(workflow)
    token = start_token(workflow)
    if token is not None and workflow.handling.fired.get("no_pull_request") != token:
        minutes = policy.no_pull_request_minutes
        yield from _timer(workflow, "no_pull_request", token, _began(workflow), minutes)
    moved = last_move(workflow)
    if waits_for_copilot(workflow) and (fired_since(workflow, "no_progress") or 0) < moved.position:
        minutes = policy.no_progress_minutes
        yield from _timer(workflow, "no_progress", progress_token(workflow), moved.at, minutes)
    if further_round(workflow) and not copilot_finished(workflow):
        minutes = policy.round_quiet_minutes
        yield from _timer(workflow, "round_quiet", progress_token(workflow), moved.at, minutes)


def _watched(workflow: Workflow) -> Iterator[Timer]:
    for kind, watch in WATCHES.items():
        token = watch_token(workflow, kind)
        since = watch.since(workflow) if token is not None else None
        if token is None or since is None or workflow.handling.fired.get(kind) == token:
            continue
        yield from _timer(workflow, kind, token, since.at, watch.minutes(workflow))


def _began(workflow: Workflow) -> datetime:
    """Return when we heard of the assignment, or asked for the one that does not show."""
    asked = pending_assignment(workflow)
    if asked is not None:
        return asked.at
    assigned = workflow.known.heard_assigned
    return assigned.at if assigned else last_move(workflow).at


def _timer(
    workflow: Workflow, kind: TimerKind, token: str, since: datetime, minutes: int | None
) -> Iterator[Timer]:
    if minutes is not None:
        resumed_at = workflow.handling.resumed_at
        began = max(since, resumed_at or since)
        due_at = began + timedelta(minutes=minutes)
        yield Timer(
            issue_number=workflow.number, kind=kind, token=token, since=began, due_at=due_at
        )
