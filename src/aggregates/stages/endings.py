"""Rules for work that is over."""

from aggregates.stages.stage import Explanation, Rule, Stage, Wait
from aggregates.workflow import Workflow
from aggregates.workflow.workflow import is_open

_NOBODY = (Wait("nobody", "it is over"),)
_COMPLETED = ("completed", None)  # GitHub gave no reason before it knew several


def _is_merged(workflow: Workflow) -> bool:
    """Say whether its pull request was merged; one that only fits finishes nothing."""
    merged = workflow.pull_request is not None and workflow.pull_request.merged
    return merged and not workflow.probable


def _merged(workflow: Workflow) -> Explanation:
    number = workflow.pull_request.number if workflow.pull_request else 0
    return Explanation(f"pull request #{number} was merged", _NOBODY)


def _is_completed(workflow: Workflow) -> bool:
    return _is_closed(workflow) and _reason(workflow) in _COMPLETED


def _is_closed(workflow: Workflow) -> bool:
    """Say whether an issue of this repository was closed; one that is gone is another matter."""
    return workflow.issue is not None and not _is_gone(workflow) and not is_open(workflow.issue)


def _reason(workflow: Workflow) -> str | None:
    return workflow.issue.state_reason if workflow.issue else None


def _completed(_: Workflow) -> Explanation:
    return Explanation("the issue was closed as completed", _NOBODY)


def _is_gone(workflow: Workflow) -> bool:
    issue = workflow.issue
    return issue is not None and (issue.deleted or issue.transferred)


def _gone(workflow: Workflow) -> Explanation:
    deleted = workflow.issue is not None and workflow.issue.deleted
    what = "deleted" if deleted else "transferred to another repository"
    return Explanation(f"the issue was {what}", _NOBODY)


def _closed(workflow: Workflow) -> Explanation:
    reason = (_reason(workflow) or "").replace("_", " ")
    return Explanation(f"the issue was closed as {reason}", _NOBODY)


def _is_skipped(workflow: Workflow) -> bool:
    return workflow.handling.skipped and not workflow.started


def _skipped(_: Workflow) -> Explanation:
    return Explanation("an operator skipped it", _NOBODY)


def _is_unqueued(workflow: Workflow) -> bool:
    """Say whether it left the queue before work began; a closed pull request is no beginning.

    Where our own label took the queue's place, since a person is needed, nobody unqueued it.
    """
    if workflow.issue is None or workflow.queued or workflow.open_candidates:
        return False
    if workflow.issue.carries(f"{workflow.circumstances.policy.labels.prefix}needs_human"):
        return False
    assigned = workflow.assigned or workflow.assignment is not None or workflow.unassigned_at
    return not (workflow.start_asked or assigned)


def _unqueued(_: Workflow) -> Explanation:
    return Explanation("the issue is not in the queue, and work on it had not started", _NOBODY)


ENDINGS = (
    Rule(
        stage=Stage.DONE,
        name="merged",
        summary="its pull request was merged, and there is evidence that it is",
        waits_for="nobody",
        applies=_is_merged,
        explain=_merged,
    ),
    Rule(
        stage=Stage.DONE,
        name="completed",
        summary="the issue was closed as completed",
        waits_for="nobody",
        applies=_is_completed,
        explain=_completed,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="gone",
        summary="the issue was deleted, or transferred to another repository",
        waits_for="nobody",
        applies=_is_gone,
        explain=_gone,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="closed",
        summary="the issue was closed otherwise than as completed",
        waits_for="nobody",
        applies=_is_closed,
        explain=_closed,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="skipped",
        summary="an operator skipped the issue before work on it started",
        waits_for="nobody",
        applies=_is_skipped,
        explain=_skipped,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="unqueued",
        summary="the issue left the queue before work on it started",
        waits_for="nobody",
        applies=_is_unqueued,
        explain=_unqueued,
    ),
)
