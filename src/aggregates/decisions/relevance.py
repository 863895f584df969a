"""Whether an action is still wanted, asked once more just before it is done."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from aggregates.circumstances import Circumstances, circumstances
from aggregates.lane import Lane
from aggregates.scope import Scope
from aggregates.stages import Placement, Stage, place
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.progress import newest_to_address
from events.catalogue import ActionRequested

_OVER = (Stage.DONE, Stage.CANCELLED)
_OF_A_HEAD = ("ask_to_fix_ci", "mark_ready", "merge", "request_copilot_review")


@dataclass(frozen=True, slots=True)
class Wanted:
    """It is to be done."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Its reason has passed; what is wanted instead is decided anew."""

    why: str


@dataclass(frozen=True, slots=True)
class Waits:
    """It may be wanted later."""

    why: str


Standing: TypeAlias = Wanted | Passed | Waits


def standing(lane: Lane, scope: Scope, action_id: UUID, action: ActionRequested) -> Standing:
    """Say whether an action is wanted as things stand."""
    around = circumstances(lane, scope)
    if why := _ended(lane, around, action_id, action):
        return Passed(why)
    if around.paused is not None:
        return Waits(f"{around.paused_where} is paused")
    workflow = workflow_of(lane, around, action.issue_number)
    if workflow is None:
        return Passed("the issue is no workflow any more")
    why = _passed(workflow, place(workflow), action)
    return Passed(why) if why else Wanted()


def _ended(
    lane: Lane, around: Circumstances, action_id: UUID, action: ActionRequested
) -> str | None:
    """Say why nothing that was asked for then is done any more, whatever it was."""
    handling = lane.handling(action.issue_number)
    known = [each.outcome for each in handling.asked if each.id == action_id]
    if handling.generation != action.generation:
        return "the workflow was started afresh"
    if known and known[0] != "requested":
        return f"its outcome is known: {known[0]}"
    if around.mode != "live":
        return f"the mode is {around.mode}"
    if handling.taken_over or handling.skipped:
        return "a person took it over" if handling.taken_over else "an operator skipped it"
    return None


def _passed(workflow: Workflow, placement: Placement, action: ActionRequested) -> str | None:
    if action.kind == "set_label":
        return _label_passed(workflow, placement, action)
    if placement.stage in _OVER:
        return f"the work is over: {placement.reason}"
    if action.kind in _OF_A_HEAD:
        pull = workflow.open_pull
        if pull is None or pull.head_sha != action.head_sha:
            return "the pull request's head moved on"
    return _purpose_passed(workflow, placement, action)


def _label_passed(workflow: Workflow, placement: Placement, action: ActionRequested) -> str | None:
    wanted = f"{workflow.circumstances.policy.labels.prefix}{placement.stage}"
    if action.parameters.get("label") == wanted:
        return None
    return f"its stage is {placement.stage} by now"


def _purpose_passed(
    workflow: Workflow, placement: Placement, action: ActionRequested
) -> str | None:
    """Say why an action of one kind has nothing to bring about."""
    pull = workflow.open_pull
    passed = {
        "assign": placement.stage != Stage.QUEUED or not workflow.queued,
        "ask_to_fix_ci": not workflow.checks.failed,
        "ask_to_address_review": newest_to_address(workflow) != action.token,
        "mark_ready": pull is not None and pull.draft is False,
        "merge": placement.stage != Stage.MERGE_READY,
        "hand_to_person": placement.rule != action.token.partition(":")[0],
    }
    gone = passed.get(action.kind, False)
    return f"it has nothing to bring about by now: {placement.reason}" if gone else None
