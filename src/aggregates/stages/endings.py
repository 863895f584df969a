"""Rules for work that is over."""

from aggregates.stages.facts.copilot import ASSIGN_ASKED, ASSIGNED, STARTED
from aggregates.stages.facts.issues import ISSUE, LABEL_FOR_A_PERSON, QUEUED, SKIPPED, for_a_person
from aggregates.stages.facts.pull_requests import CANDIDATES, LINK, PULL_REQUEST
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, Wait
from aggregates.workflow import Workflow
from aggregates.workflow.queued import is_open

_NOBODY = (Wait("nobody", "it is over"),)
_COMPLETED = ("completed", None)  # GitHub gave no reason before it knew several


def _is_merged(workflow: Workflow) -> bool:
    return workflow.pull_request is not None and workflow.pull_request.merged


def _is_evident(workflow: Workflow) -> bool:
    """Say whether its pull request is by evidence; one that only fits finishes nothing."""
    return not workflow.probable


def _merged(workflow: Workflow) -> Explanation:
    number = workflow.pull_request.number if workflow.pull_request else 0
    return Explanation(f"pull request #{number} was merged", _NOBODY)


def _is_closed(workflow: Workflow) -> bool:
    """Say whether an issue of this repository was closed; one that is gone is another matter."""
    return workflow.issue is not None and not _is_gone(workflow) and not is_open(workflow.issue)


def _reason(workflow: Workflow) -> str | None:
    return workflow.issue.state_reason if workflow.issue else None


def _is_completed(workflow: Workflow) -> bool:
    return _is_closed(workflow) and _reason(workflow) in _COMPLETED


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
    return workflow.handling.skipped


def _has_not_started(workflow: Workflow) -> bool:
    return not workflow.started


def _skipped(_: Workflow) -> Explanation:
    return Explanation("an operator skipped it", _NOBODY)


def _is_not_queued(workflow: Workflow) -> bool:
    return workflow.issue is not None and not workflow.queued


def _has_no_open_pull(workflow: Workflow) -> bool:
    """Say whether nothing is under way; a closed pull request is no beginning."""
    return not workflow.open_candidates


def _is_not_for_a_person(workflow: Workflow) -> bool:
    """Say that our own label did not take the queue's place, since a person is needed."""
    return not for_a_person(workflow)


def _was_never_assigned(workflow: Workflow) -> bool:
    assigned = workflow.assigned or workflow.assignment is not None or workflow.unassigned_at
    return not assigned


def _was_not_asked_to_start(workflow: Workflow) -> bool:
    return not workflow.start_asked


def _unqueued(_: Workflow) -> Explanation:
    return Explanation("the issue is not in the queue, and work on it had not started", _NOBODY)


ENDINGS = (
    Rule(
        stage=Stage.DONE,
        name="merged",
        summary="its pull request was merged, and there is evidence that it is",
        waits_for="nobody",
        conditions=(
            when("its pull request was merged", _is_merged, PULL_REQUEST),
            when("there is evidence that it works on the issue", _is_evident, LINK),
        ),
        explain=_merged,
    ),
    Rule(
        stage=Stage.DONE,
        name="completed",
        summary="the issue was closed as completed",
        waits_for="nobody",
        conditions=(when("the issue was closed as completed", _is_completed, ISSUE),),
        explain=_completed,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="gone",
        summary="the issue was deleted, or transferred to another repository",
        waits_for="nobody",
        conditions=(when("the issue was deleted or transferred", _is_gone, ISSUE),),
        explain=_gone,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="closed",
        summary="the issue was closed otherwise than as completed",
        waits_for="nobody",
        conditions=(when("the issue was closed", _is_closed, ISSUE),),
        explain=_closed,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="skipped",
        summary="an operator skipped the issue before work on it started",
        waits_for="nobody",
        conditions=(
            when("an operator skipped it", _is_skipped, SKIPPED),
            when("work on it had not started", _has_not_started, STARTED),
        ),
        explain=_skipped,
    ),
    Rule(
        stage=Stage.CANCELLED,
        name="unqueued",
        summary="the issue left the queue before work on it started",
        waits_for="nobody",
        conditions=(
            when("the issue is not in the queue", _is_not_queued, ISSUE, QUEUED),
            when("no pull request is open", _has_no_open_pull, CANDIDATES),
            when("no person is needed", _is_not_for_a_person, LABEL_FOR_A_PERSON),
            when("Copilot was not asked to start", _was_not_asked_to_start, ASSIGN_ASKED),
            when("Copilot was never assigned to it", _was_never_assigned, ASSIGNED),
        ),
        explain=_unqueued,
    ),
)
