"""Rules for work that stopped or met a limit: what is ambiguous goes to a person, never a guess."""

from aggregates.actions import TRAITS
from aggregates.lane.ours import Asked
from aggregates.stages.assignments import ASSIGNMENTS
from aggregates.stages.epics import EPIC_FINISHED
from aggregates.stages.facts.issues import SKIPPED, TAKEN_OVER
from aggregates.stages.facts.rule_fact import RuleFact, of_events
from aggregates.stages.limits import LIMITS
from aggregates.stages.links import LINKS
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import Explanation, Stage, hold, short
from aggregates.workflow import Workflow
from events.catalogue import ActionFailed


def _is_taken_over(workflow: Workflow) -> bool:
    return workflow.handling.taken_over


def _taken_over(_: Workflow) -> Explanation:
    return hold("a person has taken it over", "to finish it, or to release it")


def _is_skipped(workflow: Workflow) -> bool:
    return workflow.handling.skipped


def _skipped(_: Workflow) -> Explanation:
    return hold("an operator skipped it after it had started", "to close it, or to retry it")


_BY_A_PERSON = (
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
)


def standing_failure(workflow: Workflow) -> Asked | None:
    """Return the newest action that failed, unless what it was for came about or passed."""
    mode = workflow.circumstances.mode
    failed = [
        each
        for each in workflow.handling.asked
        if each.mode == mode and each.outcome == "failed" and _stops(each)
    ]
    return max(
        (each for each in failed if not _is_settled(workflow, each)),
        key=lambda each: each.position,
        default=None,
    )


def _stops(failed: Asked) -> bool:
    traits = TRAITS[failed.kind]
    return not (traits.only_tells or traits.optional)


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
    return hold(f"the action {kind} failed: {error}", "to mend the cause, then to retry it")


_FAILED = Rule(
    stage=Stage.NEEDS_HUMAN,
    name="action_failed",
    summary="an action of the present mode failed for good, and its purpose still holds",
    waits_for="a person",
    conditions=(when("an action failed that is wanted still", _has_failure, _FAILURE),),
    explain=_failed,
)

# In the order in which they are asked.
HOLDS = (*_BY_A_PERSON, *LINKS, *ASSIGNMENTS, _FAILED, *LIMITS, EPIC_FINISHED)
