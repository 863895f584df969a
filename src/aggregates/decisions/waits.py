"""The waits before a decision: checks that settle, reviewers that fall quiet."""

from datetime import timedelta

from aggregates.decisions.intention import Timer
from aggregates.lane import Heard
from aggregates.workflow import Workflow
from aggregates.workflow.progress import fired_since
from events.catalogue import TimerKind
from events.github import PullRequestSeen


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
    return Timer(issue_number=workflow.number, kind=kind, token=token, due_at=due_at)
