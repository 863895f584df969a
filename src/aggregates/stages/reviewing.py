"""Rules for an open pull request that nothing is wrong with."""

from aggregates.stages.obstacles import check_obstacles, explained, review_obstacles
from aggregates.stages.rule import Explanation, Rule
from aggregates.stages.stage import Stage
from aggregates.stages.texts import moment
from aggregates.stages.waits import Wait
from aggregates.workflow import Workflow, copilot_finished


def _is_ready(workflow: Workflow) -> bool:
    return workflow.open_pull is not None and workflow.open_pull.draft is False


def _is_merge_ready(workflow: Workflow) -> bool:
    wanted = workflow.circumstances.policy.review.approvals
    approved = len(workflow.reviews.approved_by) >= wanted and not workflow.reviews.open_requests
    return _is_ready(workflow) and workflow.checks.green and approved


def _merge_ready(workflow: Workflow) -> Explanation:
    automatic = workflow.circumstances.policy.merge.automatic
    what = "it is merged automatically" if automatic else "a person merges"
    return Explanation(
        "the required checks passed, the approvals are there, and nothing else is asked for",
        (Wait("merge", what),),
    )


def _ready(workflow: Workflow) -> Explanation:
    return explained((*check_obstacles(workflow), *review_obstacles(workflow)))


def _is_draft(workflow: Workflow) -> bool:
    return workflow.open_pull is not None


def _draft(workflow: Workflow) -> Explanation:
    pull = workflow.open_pull
    checks = check_obstacles(workflow)
    if pull is not None and not copilot_finished(workflow.pull, workflow.known):
        assignment = workflow.assignment
        starts = (assignment.at if assignment else None, workflow.pull.mentioned_at)
        since = max((at for at in starts if at is not None), default=None)
        told = f"Copilot is working on draft #{pull.number}"
        first = f"{told} since {moment(since)}" if since else told
        return explained((Explanation(first, (Wait("copilot", "to finish its round"),)), *checks))
    when = workflow.circumstances.policy.ready.when
    marking = _marking(workflow)
    return explained((*checks, marking) if when == "green" else (marking,))


def _marking(workflow: Workflow) -> Explanation:
    """Say who marks the draft ready: we do only in live mode."""
    held = workflow.circumstances
    by_us = held.mode == "live" and held.policy.ready.when != "never"
    wait = Wait("nobody", "it is marked ready") if by_us else Wait("person", "to mark it ready")
    return Explanation("Copilot finished its round, the draft is to be marked ready", (wait,))


REVIEWING = (
    Rule(
        stage=Stage.MERGE_READY,
        name="merge_ready",
        summary="no draft, required checks green, approvals reached, no open change request",
        waits_for="the merge",
        applies=_is_merge_ready,
        explain=_merge_ready,
    ),
    Rule(
        stage=Stage.READY_FOR_REVIEW,
        name="ready_for_review",
        summary="the pull request is open and no draft",
        waits_for="checks, reviewers, a person's approval of Actions",
        applies=_is_ready,
        explain=_ready,
    ),
    Rule(
        stage=Stage.DRAFT,
        name="draft",
        summary="the pull request is open",
        waits_for="Copilot, checks, a person's approval of Actions, being marked ready",
        applies=_is_draft,
        explain=_draft,
    ),
)
