"""Rules for limits that were reached: how often Copilot is asked, and how long it may take."""

from aggregates.stages.stage import Explanation, Rule, Stage, Wait
from aggregates.stages.texts import head_of, listed, moment
from aggregates.workflow import Workflow, pending_assignment, round_over, stalled
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews, start_token


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
)
