"""Whether an action is still wanted, asked once more just before it is done."""

from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from aggregates.actions import TRAITS
from aggregates.circumstances import Circumstances, circumstances
from aggregates.decisions.consider import decide
from aggregates.lane import Lane
from aggregates.lane.remember import handled
from aggregates.scope import Scope
from aggregates.stages import FINISHED, Placement, place
from aggregates.workflow import Workflow, workflow_of
from events.catalogue import ActionRequested


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
    placement = place(workflow)
    why = _passed(workflow, placement, action)
    moves = not TRAITS[action.kind].only_tells
    if why is None and moves and not _decided(lane, scope, action_id, action):
        why = f"it has nothing to bring about by now: {placement.reason}"
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
    if around.acting_user is None and TRAITS[action.kind].needs_user:
        return "there is no acting user"
    if handling.taken_over or handling.skipped:
        return "a person took it over" if handling.taken_over else "an operator skipped it"
    return None


def _passed(workflow: Workflow, placement: Placement, action: ActionRequested) -> str | None:
    if action.kind == "set_label":
        return _label_passed(workflow, placement, action)
    if placement.stage in FINISHED:
        return f"the work is over: {placement.reason}"
    if TRAITS[action.kind].of_a_head:
        pull = workflow.open_pull
        if pull is None or pull.head_sha != action.head_sha:
            return "the pull request's head moved on"
    told = action.token.partition(":")[0]
    if action.kind == "hand_to_person" and placement.rule != told:
        return f"it has nothing to bring about by now: {placement.reason}"
    return None


def _label_passed(workflow: Workflow, placement: Placement, action: ActionRequested) -> str | None:
    wanted = f"{workflow.circumstances.policy.labels.prefix}{placement.stage}"
    if action.parameters.get("label") == wanted:
        return None
    return f"its stage is {placement.stage} by now"


def _decided(lane: Lane, scope: Scope, action_id: UUID, action: ActionRequested) -> bool:
    """Say whether an action would be decided now, had it not been asked for.

    So what is called off is never decided again at once. What tells people is no part of it: a
    hold may be there only because somebody was told of it.
    """
    handling = lane.handling(action.issue_number)
    others = tuple(each for each in handling.asked if each.id != action_id)
    conduct = handled(lane.conduct, action.issue_number, replace(handling, asked=others))
    same = (action.kind, action.issue_number, action.token, action.head_sha)
    return any(
        (each.kind, each.issue_number, each.token, each.head_sha) == same
        for each in decide(replace(lane, conduct=conduct), scope)
    )
