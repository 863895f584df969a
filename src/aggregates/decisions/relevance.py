"""Whether an action is still wanted, asked once more just before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from aggregates.actions import TRAITS
from aggregates.decisions.intention import Decision
from aggregates.decisions.survey import Look, Survey, look_at, started_next, surveyed
from aggregates.lane import Lane
from aggregates.lane.ours import handled
from aggregates.lane.spending import without as spent_without
from aggregates.stages import FINISHED, Placement, place
from aggregates.surroundings import Circumstances, Surroundings, circumstances
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


Relevance: TypeAlias = Wanted | Passed | Waits


def relevance(
    lane: Lane,
    surroundings: Surroundings,
    action_id: UUID,
    action: ActionRequested,
    looks: Mapping[int, Look] | None = None,
) -> Relevance:
    """Say whether an action is wanted as things stand.

    ``looks`` are those of the lane, where somebody has them; who is next hangs on all of them.
    """
    around = circumstances(lane, surroundings)
    if why := _ended(lane, around, action_id, action):
        return Passed(why)
    if around.paused is not None:
        return Waits(f"{around.paused_where} is paused")
    workflow = workflow_of(lane, around, action.issue_number)
    if workflow is None:
        return Passed("the issue is no workflow any more")
    placement = place(workflow)
    why = _passed(workflow, placement, action)
    if why is None and not (TRAITS[action.kind].only_tells or TRAITS[action.kind].gives_back):
        without = _without(lane, action_id, action.issue_number)
        if looks is None:
            looks = surveyed(lane, surroundings).looks if action.kind == "assign" else {}
        before = circumstances(without, surroundings)  # a ceiling may be reached by it alone
        if not _decided(without, before, action, looks):
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
    if (handling.taken_over or handling.skipped) and not TRAITS[action.kind].gives_back:
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


def _without(lane: Lane, action_id: UUID, issue_number: int) -> Lane:
    """Return the lane as if an action had not been asked for."""
    handling = lane.handling(issue_number)
    others = tuple(each for each in handling.asked if each.id != action_id)
    ours = handled(lane.ours, issue_number, replace(handling, asked=others))
    for asked in handling.asked:
        if asked.id == action_id:
            ours = replace(ours, spent=spent_without(ours.spent, asked))
    return replace(lane, ours=ours)


def _decided(
    lane: Lane, around: Circumstances, action: ActionRequested, looks: Mapping[int, Look]
) -> bool:
    """Say whether an action would be decided now, had it not been asked for.

    So what is called off is never decided again at once, unless otherwise: for another agent, or
    with what the policy says by now. What is said in a comment is no part of that. What tells
    people is no part of all this: a hold may be there only because somebody was told of it.
    """
    look = look_at(lane, around, action.issue_number)
    if look is None:
        return False
    decisions = look.decisions
    if action.kind == "assign":
        decisions = started_next(Survey(lane, around, {**looks, action.issue_number: look}))
    return any(_tell_of(each) == _tell_of(action) for each in decisions)


def _tell_of(action: Decision | ActionRequested) -> tuple[object, ...]:
    told = {name: value for name, value in action.parameters.items() if name != "body"}
    return action.kind, action.issue_number, action.token, action.head_sha, told
