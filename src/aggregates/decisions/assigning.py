"""Which issue is given to an agent next, and to which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest

from aggregates.decisions.budgeting import period_used_up, room_left
from aggregates.decisions.intention import Considered, Decision, Declined, Intention, of_agent
from aggregates.lane import Lane
from aggregates.policy import Policy
from aggregates.queue import queue_key
from aggregates.stages import FINISHED, Placement, Stage
from aggregates.stages.stage import listed
from aggregates.surroundings import Circumstances
from aggregates.workflow import Workflow, assignment_token, pending_assignment, workflow_of
from aggregates.workflow.parts import held_by_epic
from events.catalogue import Json
from events.github.agents import has_agent


def assignments(
    lane: Lane, around: Circumstances, active: int, ready: Iterable[tuple[str, int]]
) -> Iterator[Decision]:
    """Assign the first of the queue for as long as fewer than ``max_active`` are at work.

    ``active`` is how many are, ``ready`` has the turn and the number of each that may be started.
    """
    free = around.policy.queue.max_active - active
    if free <= 0:
        return
    for place, (_, number) in enumerate(nsmallest(free, ready)):
        workflow = workflow_of(lane, around, number)
        if workflow is not None:
            yield _assign(workflow, around.policy, active + place)


def occupies(workflow: Workflow, placement: Placement) -> bool:
    """Say whether a workflow takes one of the lane's places.

    One that a person took over or skipped takes none; one that waits for a person does while
    Copilot is assigned or a pull request is open. A pull request takes one, whatever it works on.
    """
    if placement.stage in FINISHED or workflow.handling.taken_over or workflow.handling.skipped:
        return False
    if workflow.is_led:  # its pull request takes one place, with the issue that leads
        return False
    at_work = workflow.assigned or bool(workflow.open_candidates)
    return at_work or pending_assignment(workflow) is not None


def turn_of(workflow: Workflow, placement: Placement) -> str | None:
    """Return by what the issues that may be started are sorted; None: it may not."""
    return None if no_turn(workflow, placement) is not None else queue_key(workflow)


def no_turn(workflow: Workflow, placement: Placement) -> Declined | None:
    """Say why an issue may not be started, whatever others do; None: it may."""
    if placement.stage != Stage.QUEUED or not workflow.queued:
        return Declined("assign", f"it does not wait for its turn: {placement.reason}")
    asked = pending_assignment(workflow)
    if asked is not None:
        return Declined("assign", "it was decided, and GitHub shows no sign of it yet", asked=asked)
    if workflow.handling.skipped:
        return Declined("assign", "an operator skipped it")
    if workflow.lacks_agent is not None:
        why = f"its policy names an agent that is not known here: {workflow.lacks_agent}"
        return Declined("assign", why, ("agent", "agent_labels"))
    if held := held_by_epic(workflow):
        return Declined("assign", f"it waits for its epic #{held[0]}, {held[1]}", ("queue.epics",))
    return None


def considered_start(
    workflow: Workflow, placement: Placement, active: Sequence[int], ready: Mapping[int, str]
) -> Considered:
    """Return whether an issue is started now, and if not why not.

    ``active`` are the issues that take the lane's places, ``ready`` has the turn of each that may
    be started.
    """
    if declined := no_turn(workflow, placement):
        return declined
    if beyond := period_used_up(workflow.circumstances, "assign"):
        return beyond
    policy = workflow.circumstances.policy
    most, by = policy.queue.max_active, ("queue.max_active",)
    if len(active) >= most:
        names = listed(f"#{number}" for number in active)
        return Declined("assign", f"{len(active)} of {most} are at work: {names}", by)
    place = sorted((turn, number) for number, turn in ready.items()).index(
        (ready[workflow.number], workflow.number)
    )
    if place >= most - len(active):
        why = f"{place} are before it in the queue, and {most - len(active)} can start now"
        return Declined("assign", why, (*by, "queue.order"))
    room = room_left(workflow.lane, workflow.circumstances)
    if room is not None and place >= room:
        why = f"{place} are before it in the queue, and the ceilings leave room for {room}"
        return Declined("assign", why, ("budget.sessions_per_day", "budget.sessions_per_month"))
    return Intention(_assign(workflow, policy, len(active) + place), by=by)


def _assign(workflow: Workflow, policy: Policy, active: int) -> Decision:
    return Decision(
        kind="assign",
        issue_number=workflow.number,
        token=assignment_token(workflow),
        reason=f"it is next in the queue, and {active} of {policy.queue.max_active} are at work",
        parameters=_told(policy) | _anew(workflow) | of_agent(workflow.agent),
    )


def _anew(workflow: Workflow) -> dict[str, Json]:
    """Say that one is listed from before a reopening: only taken off first, it starts again."""
    listed = workflow.issue is not None and has_agent(workflow.issue.assignee_ids)
    return {"anew": True} if listed else {}


def _told(policy: Policy) -> dict[str, Json]:
    copilot = policy.copilot
    return {
        "base_branch": copilot.base_branch,
        "instructions": copilot.instructions,
        "model": copilot.model,
        "custom_agent": copilot.custom_agent,
    }
