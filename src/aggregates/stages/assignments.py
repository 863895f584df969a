"""Rules for an issue that Copilot works on no more: unassigned, or left assigned when reopened."""

from datetime import datetime

from aggregates.stages.facts.copilot import ASSIGN_ASKED, ASSIGNED, assigns_asked
from aggregates.stages.facts.issues import (
    ISSUE,
    QUEUE_LABEL,
    QUEUED,
    REOPENED,
    RESUMED,
    queue_label_put,
)
from aggregates.stages.facts.pull_requests import CANDIDATES
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, hold
from aggregates.workflow import Workflow, pending_assignment
from events.github.agents import agent_of, has_agent


def _was_unassigned(workflow: Workflow) -> bool:
    """Say whether a person unassigned Copilot: what we do again, they would undo again."""
    return workflow.unassigned_at is not None


def _has_no_open_pull(workflow: Workflow) -> bool:
    return not workflow.open_candidates


def _is_not_being_assigned(workflow: Workflow) -> bool:
    return pending_assignment(workflow) is None


def _is_not_queued_anew(workflow: Workflow) -> bool:
    """Say that it is not queued, or only as it was when we asked for Copilot."""
    off = workflow.unassigned_at
    queued_since = off is not None and _queued_since(workflow, off)
    return not workflow.queued or (bool(assigns_asked(workflow)) and not queued_since)


def _queued_since(workflow: Workflow, at: datetime) -> bool:
    put_at = queue_label_put(workflow)
    return put_at is not None and put_at > at


def _abandoned(workflow: Workflow) -> Explanation:
    return hold(
        f"{_last(workflow)} was unassigned, and no pull request is open",
        "to put the queue's label on it anew, to retry it, or to close the issue",
    )


def _was_reopened(workflow: Workflow) -> bool:
    return workflow.issue is not None and workflow.known.reopened_at is not None


def _is_listed_from_before(workflow: Workflow) -> bool:
    """Say whether Copilot is still listed from before a reopening, which starts nothing."""
    issue = workflow.issue
    listed_yet = issue is not None and has_agent(issue.assignee_ids)
    return listed_yet and not workflow.assigned


def _was_not_resumed(workflow: Workflow) -> bool:
    return workflow.handling.resumed_at is None


def _was_not_queued_since(workflow: Workflow) -> bool:
    reopened_at = workflow.known.reopened_at
    return reopened_at is None or not _queued_since(workflow, reopened_at)


def _last(workflow: Workflow) -> str:
    """Return which agent had the issue, as people call it."""
    assignment = workflow.assignment
    had = agent_of(assignment.assignee_id) if assignment is not None else None
    return (had or workflow.agent).title


def _left_assigned(workflow: Workflow) -> Explanation:
    who = f"{_last(workflow)} is assigned from before"
    return hold(
        f"the issue was reopened, and {who}, which starts nothing",
        "to retry it, or to put the queue's label on it anew",
    )


ASSIGNMENTS = (
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="unassigned",
        summary="Copilot was unassigned, no pull request is open, and nobody queued the issue anew",
        waits_for="a person",
        conditions=(
            when("Copilot was unassigned", _was_unassigned, ASSIGNED),
            when("no pull request is open", _has_no_open_pull, CANDIDATES),
            when("Copilot is not being assigned", _is_not_being_assigned, ASSIGN_ASKED),
            when(
                "it was not queued anew",
                _is_not_queued_anew,
                *(QUEUED, QUEUE_LABEL, ASSIGNED, ASSIGN_ASKED),
            ),
        ),
        explain=_abandoned,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="left_assigned",
        summary="the issue was reopened while Copilot was assigned, and nobody started it anew",
        waits_for="a person",
        conditions=(
            when("the issue was reopened", _was_reopened, ISSUE, REOPENED),
            when("Copilot is listed from before", _is_listed_from_before, ASSIGNED),
            when("no pull request is open", _has_no_open_pull, CANDIDATES),
            when("nobody retried it", _was_not_resumed, RESUMED),
            when("nobody queued it since", _was_not_queued_since, REOPENED, QUEUE_LABEL),
        ),
        explain=_left_assigned,
    ),
)
