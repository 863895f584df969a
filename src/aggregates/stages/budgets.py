"""The rule for an issue that cost as many rounds of Copilot's as it may."""

from aggregates.stages.agent_merge import AGENT_MERGE
from aggregates.stages.conflicts import BEING_ASKED, CONFLICT, RESOLVES_ASKED
from aggregates.stages.facts.copilot import ADDRESSES_ASKED, FIXES_ASKED, ROUND
from aggregates.stages.facts.pull_requests import FAILED_CHECKS, OPEN_PULL, TO_ADDRESS
from aggregates.stages.facts.rule_fact import policy_fact
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, hold, times
from aggregates.workflow import Workflow, round_over
from aggregates.workflow.conflicts import (
    asked_about_conflict,
    conflict_of,
    is_being_asked,
)
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews
from aggregates.workflow.rounds import rounds_asked

_KEY = "budget.rounds_per_issue"


def is_to_be_asked(workflow: Workflow) -> bool:
    """Say whether its agent would be asked to go on: of checks, a conflict, or reviews."""
    if workflow.open_pull is None:
        return False
    checks = bool(workflow.checks.failed) and not asked_about_checks(workflow)
    known = conflict_of(workflow) is not None and not is_being_asked(workflow)
    conflict = known and not asked_about_conflict(workflow)
    return (
        checks
        or conflict
        or (bool(workflow.reviews.to_address) and not asked_about_reviews(workflow))
    )


def _is_used_up(workflow: Workflow) -> bool:
    most = workflow.circumstances.policy.budget.rounds_per_issue
    return most is not None and rounds_asked(workflow) >= most


def _explained(workflow: Workflow) -> Explanation:
    held = workflow.circumstances
    most, origin = held.policy.budget.rounds_per_issue, held.origins.get(_KEY, "built_in")
    return hold(
        f"its budget is used up: {workflow.agent.title} was asked {times(rounds_asked(workflow))} "
        f"for this issue, and {_KEY} is {most} (by the policy of: {origin})",
        f"to go on by hand, to have a maintainer raise `{_KEY}`, or to retry it",
    )


BUDGETS = (
    Rule(
        stage=Stage.NEEDS_HUMAN,
        name="budget_used_up",
        summary="Copilot is to be asked once more, and was asked `budget.rounds_per_issue` times",
        waits_for="a person",
        conditions=(
            when(
                "Copilot is to be asked to go on",
                is_to_be_asked,
                *(OPEN_PULL, FAILED_CHECKS, FIXES_ASKED, TO_ADDRESS, ADDRESSES_ASKED),
                *(CONFLICT, RESOLVES_ASKED, BEING_ASKED, AGENT_MERGE),
            ),
            when("Copilot's round is over", round_over, ROUND),
            when(
                "its rounds are used up",
                _is_used_up,
                *(FIXES_ASKED, ADDRESSES_ASKED, RESOLVES_ASKED, policy_fact(_KEY)),
            ),
        ),
        explain=_explained,
    ),
)
