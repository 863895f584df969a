"""Rules for work that stopped or met a limit: what is ambiguous goes to a person, never a guess."""

from datetime import datetime

from aggregates.actions import TRAITS
from aggregates.lane.ours import Asked
from aggregates.stages.overdue import OVERDUE
from aggregates.stages.stage import Explanation, Rule, Stage, Wait, head_of, listed, moment, short
from aggregates.workflow import Workflow, pending_assignment, round_over, stalled
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews, start_token
from aggregates.workflow.workflow import queue_labels
from events.github.names import COPILOT_AGENT_ID


def _hold(reason: str, step: str) -> Explanation:
    return Explanation(reason, (Wait("person", step),))


def _ci_used_up(workflow: Workflow) -> bool:
    if not workflow.checks.failed or asked_about_checks(workflow) or not round_over(workflow):
        return False
    return len(workflow.asked("ask_to_fix_ci")) >= workflow.circumstances.policy.ci.max_attempts


def _ci(workflow: Workflow) -> Explanation:
    times = len(workflow.asked("ask_to_fix_ci"))
    head = head_of(workflow.open_pull) if workflow.open_pull else ""
    names = listed(workflow.checks.failed)
    return _hold(
        f"checks failed on {head}: {names}; Copilot was asked {times} times to mend checks",
        "to mend the checks, or to retry it",
    )


def _rounds_used_up(workflow: Workflow) -> bool:
    waiting = workflow.open_pull is not None and bool(workflow.reviews.to_address)
    if not waiting or asked_about_reviews(workflow):
        return False
    limit = workflow.circumstances.policy.review.max_rounds
    return len(workflow.asked("ask_to_address_review")) >= limit


def _rounds(workflow: Workflow) -> Explanation:
    times = len(workflow.asked("ask_to_address_review"))
    return _hold(
        f"changes are requested again; Copilot was asked {times} times to address reviews",
        "to make the changes, or to retry it",
    )


def _is_overdue(workflow: Workflow) -> bool:
    fired = workflow.handling.fired.get("no_pull_request")
    return fired is not None and fired == start_token(workflow)


def _overdue(workflow: Workflow) -> Explanation:
    asked = pending_assignment(workflow)
    if asked:
        told = f"Copilot was to be assigned at {moment(asked.at)}, and GitHub shows no sign of it"
    else:
        at = f" at {moment(workflow.assignment.at)}" if workflow.assignment else ""
        told = f"Copilot was assigned{at} and opened no pull request in time"
    return _hold(told, "to look at Copilot's session, then to retry it")


def _stalled(_: Workflow) -> Explanation:
    return _hold(
        "Copilot is waited for, and nothing was heard of it for too long",
        "to look at Copilot's session, then to retry it",
    )


LIMITS = (
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="ci_attempts_used_up",
        summary="checks failed on a new head after `ci.max_attempts` requests to mend them",
        waits_for="a person",
        applies=_ci_used_up,
        explain=_ci,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="review_rounds_used_up",
        summary="changes are requested anew, and Copilot was asked `review.max_rounds` times",
        waits_for="a person",
        applies=_rounds_used_up,
        explain=_rounds,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="no_pull_request",
        summary="Copilot opened no pull request within `watchdog.no_pull_request_minutes`",
        waits_for="a person",
        applies=_is_overdue,
        explain=_overdue,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="no_progress",
        summary="Copilot is waited for and was not heard of for `watchdog.no_progress_minutes`",
        waits_for="a person",
        applies=stalled,
        explain=_stalled,
    ),
    *OVERDUE,
)


def _is_taken_over(workflow: Workflow) -> bool:
    return workflow.handling.taken_over


def _taken_over(_: Workflow) -> Explanation:
    return _hold("a person has taken it over", "to finish it, or to release it")


def _is_skipped(workflow: Workflow) -> bool:
    return workflow.handling.skipped


def _skipped(_: Workflow) -> Explanation:
    return _hold("an operator skipped it after it had started", "to close it, or to retry it")


def _has_several(workflow: Workflow) -> bool:
    return len(workflow.open_candidates) > 1


def _several(workflow: Workflow) -> Explanation:
    numbers = listed(f"#{number}" for number in workflow.open_candidates)
    return _hold(
        f"several open pull requests work on the issue: {numbers}", "to close all but one of them"
    )


def _is_unclear(workflow: Workflow) -> bool:
    """Say whether a pull request that only fits is to be merged, or was: nobody knows for what."""
    merged = workflow.pull_request is not None and workflow.pull_request.merged
    return workflow.probable and (merged or workflow.mergeable)


def _unclear(workflow: Workflow) -> Explanation:
    """Ask a person what only they, or GitHub, can say of a pull request."""
    number = workflow.pull_request.number if workflow.pull_request else 0
    return _hold(
        f"did #{number} work on this? Nothing on GitHub says so",
        "to link them on GitHub, to answer by the command link, or to close the issue",
    )


def _is_closed_unmerged(workflow: Workflow) -> bool:
    pull = workflow.pull_request
    return pull is not None and pull.state != "open" and not pull.merged and workflow.assigned


def _closed_unmerged(workflow: Workflow) -> Explanation:
    number = workflow.pull_request.number if workflow.pull_request else 0
    return _hold(
        f"pull request #{number} was closed without a merge, and Copilot is still assigned",
        "to reopen it, to assign Copilot anew, or to close the issue",
    )


def _is_abandoned(workflow: Workflow) -> bool:
    """Say whether a person unassigned Copilot: what we do again, they would undo again."""
    if workflow.assigned or workflow.open_candidates or pending_assignment(workflow):
        return False
    off = workflow.unassigned_at
    if off is None:
        return False
    return not workflow.queued or (_was_asked(workflow) and not _queued_since(workflow, off))


def _was_asked(workflow: Workflow) -> bool:
    return any(each.outcome != "failed" for each in workflow.asked("assign"))


def _queued_since(workflow: Workflow, at: datetime) -> bool:
    policy = workflow.circumstances.policy
    changes = workflow.known.labels
    queueing = [changes[name] for name in queue_labels(policy) if name in changes]
    return any(change.present and change.at > at for change in queueing)


def _abandoned(_: Workflow) -> Explanation:
    return _hold(
        "Copilot was unassigned, and no pull request is open",
        "to put the queue's label on it anew, to retry it, or to close the issue",
    )


def _is_left_assigned(workflow: Workflow) -> bool:
    """Say whether Copilot is still listed from before a reopening, and nobody started it anew."""
    reopened_at, issue = workflow.known.reopened_at, workflow.issue
    if reopened_at is None or issue is None or workflow.assigned or workflow.open_candidates:
        return False
    if COPILOT_AGENT_ID not in issue.assignee_ids or workflow.handling.resumed_at is not None:
        return False
    return not _queued_since(workflow, reopened_at)


def _left_assigned(_: Workflow) -> Explanation:
    return _hold(
        "the issue was reopened, and Copilot is assigned from before, which starts nothing",
        "to retry it, or to put the queue's label on it anew",
    )


def standing_failure(workflow: Workflow) -> Asked | None:
    """Return the newest action that failed, unless what it was for came about or passed."""
    mode = workflow.circumstances.mode
    failed = [
        each
        for each in workflow.handling.asked
        if each.mode == mode and each.outcome == "failed" and not TRAITS[each.kind].only_tells
    ]
    return max(
        (each for each in failed if not _is_settled(workflow, each)),
        key=lambda each: each.position,
        default=None,
    )


def _is_settled(workflow: Workflow, failed: Asked) -> bool:
    pull = workflow.open_pull
    if failed.kind == "assign":
        return workflow.assigned or pull is not None
    if pull is None:
        return False
    moved = failed.head_sha is not None and failed.head_sha != pull.head_sha
    return moved or (failed.kind == "mark_ready" and pull.draft is False)


def _has_failure(workflow: Workflow) -> bool:
    return standing_failure(workflow) is not None


def _failed(workflow: Workflow) -> Explanation:
    failed = standing_failure(workflow)
    kind = failed.kind.replace("_", " ") if failed else "something"
    error = short((failed.error if failed else None) or "GitHub gave no reason")
    return _hold(f"the action {kind} failed: {error}", "to mend the cause, then to retry it")


HOLDS = (
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="taken_over",
        summary="a person took it over",
        waits_for="that person",
        applies=_is_taken_over,
        explain=_taken_over,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="skipped_underway",
        summary="an operator skipped it after work on it had started",
        waits_for="a person",
        applies=_is_skipped,
        explain=_skipped,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="several_pull_requests",
        summary="several open pull requests are linked to the issue",
        waits_for="a person",
        applies=_has_several,
        explain=_several,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="unconfirmed_link",
        summary="a pull request that only fits is ready for its merge, or was merged, and nothing "
        "says that it works on the issue",
        waits_for="a person, or GitHub's word",
        applies=_is_unclear,
        explain=_unclear,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="closed_unmerged",
        summary="its pull request was closed without a merge while Copilot is assigned",
        waits_for="a person",
        applies=_is_closed_unmerged,
        explain=_closed_unmerged,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="unassigned",
        summary="Copilot was unassigned, no pull request is open, and nobody queued the issue anew",
        waits_for="a person",
        applies=_is_abandoned,
        explain=_abandoned,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="left_assigned",
        summary="the issue was reopened while Copilot was assigned, and nobody started it anew",
        waits_for="a person",
        applies=_is_left_assigned,
        explain=_left_assigned,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="action_failed",
        summary="an action of the present mode failed for good, and its purpose still holds",
        waits_for="a person",
        applies=_has_failure,
        explain=_failed,
    ),
    *LIMITS,
)
