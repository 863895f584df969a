"""Rules for work that met a limit: nobody to tell, requests used up, waits that took too long."""

from aggregates.stages.agent_merge import AGENT_MERGE, attempts_told
from aggregates.stages.budgets import BUDGETS, is_to_be_asked
from aggregates.stages.conflicts import (
    BEING_ASKED,
    CONFLICT,
    CONFLICTS_USED_UP,
    RESOLVES_ASKED,
)
from aggregates.stages.facts.copilot import (
    ADDRESSES_ASKED,
    AGENT,
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
from aggregates.stages.stage import Explanation, Stage, head_of, hold, listed, moment, times
from aggregates.workflow import Workflow, pending_assignment, round_over, stalled
from aggregates.workflow.agent_merge import fixes_asked
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews, start_token

_MAX_ATTEMPTS, _MAX_ROUNDS = policy_fact("ci.max_attempts"), policy_fact("review.max_rounds")


def _has_failed_checks(workflow: Workflow) -> bool:
    return bool(workflow.checks.failed)


def _is_to_be_asked_about_checks(workflow: Workflow) -> bool:
    return not asked_about_checks(workflow)


def _attempts_used_up(workflow: Workflow) -> bool:
    return fixes_asked(workflow) >= workflow.circumstances.policy.ci.max_attempts


def _ci(workflow: Workflow) -> Explanation:
    head = head_of(workflow.open_pull) if workflow.open_pull else ""
    names = listed(workflow.checks.failed)
    tried = attempts_told(workflow, "ask_to_fix_ci", "checks", "to mend checks")
    return hold(
        f"checks failed on {head}: {names}; {tried}",
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
    asked, title = len(workflow.asked("ask_to_address_review")), workflow.agent.title
    tried = f"{title} was asked {times(asked)}" if asked else "the policy has nobody asked"
    return hold(
        f"changes are requested again; {tried} to address reviews",
        "to make the changes, or to retry it",
    )


def _is_overdue(workflow: Workflow) -> bool:
    fired = workflow.handling.fired.get("no_pull_request")
    return fired is not None and fired == start_token(workflow)


def _overdue(workflow: Workflow) -> Explanation:
    asked, title = pending_assignment(workflow), workflow.agent.title
    if asked:
        told = f"{title} was to be assigned at {moment(asked.at)}, and GitHub shows no sign of it"
    else:
        at = f" at {moment(workflow.assignment.at)}" if workflow.assignment else ""
        told = f"{title} was assigned{at} and opened no pull request in time"
    return hold(told, f"to look at {title}'s session, then to retry it")


def _stalled(workflow: Workflow) -> Explanation:
    title = workflow.agent.title
    return hold(
        f"{title} is waited for, and nothing was heard of it for too long",
        f"to look at {title}'s session, then to retry it",
    )


def _takes_no_mention(workflow: Workflow) -> bool:
    return workflow.agent.mention is None


def _mute(workflow: Workflow) -> Explanation:
    return hold(
        f"something is to be mended, and no comment tells {workflow.agent.title} anything",
        "to tell it in its own way, to mend it, or to take it over",
    )


LIMITS = (
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="agent_cannot_be_told",
        summary="an agent that no comment tells anything is to be asked to go on",
        waits_for="a person",
        conditions=(
            when("no comment tells the agent anything", _takes_no_mention, AGENT),
            when(
                "it is to be asked to go on",
                is_to_be_asked,
                *(OPEN_PULL, FAILED_CHECKS, FIXES_ASKED, TO_ADDRESS, ADDRESSES_ASKED),
                *(CONFLICT, RESOLVES_ASKED, BEING_ASKED),
            ),
            when("its round is over", round_over, ROUND),
        ),
        explain=_mute,
    ),
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="ci_attempts_used_up",
        summary="checks failed on a new head after `ci.max_attempts` requests to mend them, heads "
        "that were left to Agent Merge included",
        waits_for="a person",
        conditions=(
            when("checks failed", _has_failed_checks, FAILED_CHECKS),
            when(
                "Copilot was not asked to mend these",
                _is_to_be_asked_about_checks,
                FAILED_CHECKS,
                FIXES_ASKED,
                AGENT_MERGE,
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
