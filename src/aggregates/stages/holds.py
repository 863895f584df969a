"""Rules for work that stopped or met a limit: what is ambiguous goes to a person, never a guess."""

from datetime import datetime

from aggregates.actions import TRAITS
from aggregates.lane.ours import Asked
from aggregates.stages.facts import (
    ADDRESSES_ASKED,
    ASSIGN_ASKED,
    ASSIGNED,
    CANDIDATES,
    FAILED_CHECKS,
    FIXES_ASKED,
    ISSUE,
    LINK,
    OPEN_PULL,
    PULL_REQUEST,
    QUEUE_LABEL,
    QUEUED,
    REOPENED,
    RESUMED,
    ROUND,
    SKIPPED,
    TAKEN_OVER,
    TO_ADDRESS,
    WAIT_FOR_COPILOT,
    WAIT_FOR_PULL,
    RuleFact,
    assigns_asked,
    of_events,
    policy_fact,
    queue_label_put,
)
from aggregates.stages.overdue import OVERDUE
from aggregates.stages.pull_requests import MERGEABLE
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, Wait, head_of, listed, moment, short
from aggregates.workflow import Workflow, pending_assignment, round_over, stalled
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews, start_token
from events.catalogue import ActionFailed
from events.github.names import COPILOT_AGENT_ID

_MAX_ATTEMPTS, _MAX_ROUNDS = policy_fact("ci.max_attempts"), policy_fact("review.max_rounds")


def _hold(reason: str, step: str) -> Explanation:
    return Explanation(reason, (Wait("person", step),))


def _has_failed_checks(workflow: Workflow) -> bool:
    return bool(workflow.checks.failed)


def _is_to_be_asked_about_checks(workflow: Workflow) -> bool:
    return not asked_about_checks(workflow)


def _attempts_used_up(workflow: Workflow) -> bool:
    return len(workflow.asked("ask_to_fix_ci")) >= workflow.circumstances.policy.ci.max_attempts


def _ci(workflow: Workflow) -> Explanation:
    times = len(workflow.asked("ask_to_fix_ci"))
    head = head_of(workflow.open_pull) if workflow.open_pull else ""
    names = listed(workflow.checks.failed)
    return _hold(
        f"checks failed on {head}: {names}; Copilot was asked {times} times to mend checks",
        "to mend the checks, or to retry it",
    )


def _has_open_pull(workflow: Workflow) -> bool:
    return workflow.open_pull is not None


def _has_reviews_to_address(workflow: Workflow) -> bool:
    return bool(workflow.reviews.to_address)


def _is_to_be_asked_about_reviews(workflow: Workflow) -> bool:
    return not asked_about_reviews(workflow)


def _rounds_used_up(workflow: Workflow) -> bool:
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
        conditions=(
            when("checks failed", _has_failed_checks, FAILED_CHECKS),
            when(
                "Copilot was not asked to mend these",
                _is_to_be_asked_about_checks,
                FAILED_CHECKS,
                FIXES_ASKED,
            ),
            when("Copilot's round is over", round_over, ROUND),
            when("attempts are used up", _attempts_used_up, FIXES_ASKED, _MAX_ATTEMPTS),
        ),
        explain=_ci,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="review_rounds_used_up",
        summary="changes are requested anew, and Copilot was asked `review.max_rounds` times",
        waits_for="a person",
        conditions=(
            when("a pull request is open", _has_open_pull, OPEN_PULL),
            when("changes are requested", _has_reviews_to_address, TO_ADDRESS),
            when(
                "Copilot was not asked to address these",
                _is_to_be_asked_about_reviews,
                TO_ADDRESS,
                ADDRESSES_ASKED,
            ),
            when("rounds are used up", _rounds_used_up, ADDRESSES_ASKED, _MAX_ROUNDS),
        ),
        explain=_rounds,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="no_pull_request",
        summary="Copilot opened no pull request within `watchdog.no_pull_request_minutes`",
        waits_for="a person",
        conditions=(when("a pull request is waited for too long", _is_overdue, WAIT_FOR_PULL),),
        explain=_overdue,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="no_progress",
        summary="Copilot is waited for and was not heard of for `watchdog.no_progress_minutes`",
        waits_for="a person",
        conditions=(when("Copilot is waited for too long", stalled, WAIT_FOR_COPILOT),),
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


def _only_fits(workflow: Workflow) -> bool:
    return workflow.probable


def _is_merged_or_mergeable(workflow: Workflow) -> bool:
    """Say whether its pull request is to be merged, or was: nobody knows for what."""
    merged = workflow.pull_request is not None and workflow.pull_request.merged
    return merged or all(each.is_met(workflow) for each in MERGEABLE)


def _unclear(workflow: Workflow) -> Explanation:
    """Ask a person what only they, or GitHub, can say of a pull request."""
    number = workflow.pull_request.number if workflow.pull_request else 0
    return _hold(
        f"did #{number} work on this? Nothing on GitHub says so",
        "to link them on GitHub, to answer by the command link, or to close the issue",
    )


def _is_closed_unmerged(workflow: Workflow) -> bool:
    pull = workflow.pull_request
    return pull is not None and pull.state != "open" and not pull.merged


def _is_assigned(workflow: Workflow) -> bool:
    return workflow.assigned


def _closed_unmerged(workflow: Workflow) -> Explanation:
    number = workflow.pull_request.number if workflow.pull_request else 0
    return _hold(
        f"pull request #{number} was closed without a merge, and Copilot is still assigned",
        "to reopen it, to assign Copilot anew, or to close the issue",
    )


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


def _abandoned(_: Workflow) -> Explanation:
    return _hold(
        "Copilot was unassigned, and no pull request is open",
        "to put the queue's label on it anew, to retry it, or to close the issue",
    )


def _was_reopened(workflow: Workflow) -> bool:
    return workflow.issue is not None and workflow.known.reopened_at is not None


def _is_listed_from_before(workflow: Workflow) -> bool:
    """Say whether Copilot is still listed from before a reopening, which starts nothing."""
    issue = workflow.issue
    listed_yet = issue is not None and COPILOT_AGENT_ID in issue.assignee_ids
    return listed_yet and not workflow.assigned


def _was_not_resumed(workflow: Workflow) -> bool:
    return workflow.handling.resumed_at is None


def _was_not_queued_since(workflow: Workflow) -> bool:
    reopened_at = workflow.known.reopened_at
    return reopened_at is None or not _queued_since(workflow, reopened_at)


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


def _failure(workflow: Workflow) -> str:
    failed = standing_failure(workflow)
    if failed is None:
        return "none"
    return f"{failed.kind.replace('_', ' ')}: {short(failed.error or 'GitHub gave no reason')}"


_FAILURE = RuleFact(
    name="action that failed, and is wanted still",
    value=_failure,
    told=of_events((ActionFailed.type, ActionFailed.action)),
)


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
        conditions=(when("a person took it over", _is_taken_over, TAKEN_OVER),),
        explain=_taken_over,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="skipped_underway",
        summary="an operator skipped it after work on it had started",
        waits_for="a person",
        conditions=(when("an operator skipped it", _is_skipped, SKIPPED),),
        explain=_skipped,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="several_pull_requests",
        summary="several open pull requests are linked to the issue",
        waits_for="a person",
        conditions=(when("several pull requests are open", _has_several, CANDIDATES),),
        explain=_several,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="unconfirmed_link",
        summary="a pull request that only fits is ready for its merge, or was merged, and nothing "
        "says that it works on the issue",
        waits_for="a person, or GitHub's word",
        conditions=(
            when("its pull request only fits", _only_fits, LINK),
            when(
                "it was merged, or is ready for it",
                _is_merged_or_mergeable,
                PULL_REQUEST,
                *(fact for each in MERGEABLE for fact in each.facts),
            ),
        ),
        explain=_unclear,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="closed_unmerged",
        summary="its pull request was closed without a merge while Copilot is assigned",
        waits_for="a person",
        conditions=(
            when("its pull request was closed unmerged", _is_closed_unmerged, PULL_REQUEST),
            when("Copilot is assigned", _is_assigned, ASSIGNED),
        ),
        explain=_closed_unmerged,
    ),
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
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="action_failed",
        summary="an action of the present mode failed for good, and its purpose still holds",
        waits_for="a person",
        conditions=(when("an action failed that is wanted still", _has_failure, _FAILURE),),
        explain=_failed,
    ),
    *LIMITS,
)
