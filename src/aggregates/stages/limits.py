"""Rules for work that met a limit: requests that are used up, waits that took too long."""

from aggregates.stages.budgets import BUDGETS
from aggregates.stages.conflicts import CONFLICTS_USED_UP
from aggregates.stages.facts.copilot import (
    ADDRESSES_ASKED,
    FIXES_ASKED,
    ROUND,
    WAIT_FOR_COPILOT,
    WAIT_FOR_PULL,
)
from aggregates.stages.facts.pull_requests import FAILED_CHECKS, OPEN_PULL, TO_ADDRESS
from aggregates.stages.facts.rule_fact import policy_fact
from aggregates.stages.overdue import OVERDUE
from aggregates.stages.rule import Rule, when
from aggregates.stages.sessions import SESSIONS
from aggregates.stages.stage import Explanation, Stage, head_of, hold, listed, moment
from aggregates.workflow import Workflow, pending_assignment, round_over, stalled
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews, start_token

_MAX_ATTEMPTS, _MAX_ROUNDS = policy_fact("ci.max_attempts"), policy_fact("review.max_rounds")


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
    return hold(
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
    return hold(
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
    return hold(told, "to look at Copilot's session, then to retry it")


def _stalled(_: Workflow) -> Explanation:
    return hold(
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
    CONFLICTS_USED_UP,
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
    *BUDGETS,
    *SESSIONS,
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
