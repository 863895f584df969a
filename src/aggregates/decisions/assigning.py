"""Which issue Copilot is given next."""

from collections.abc import Iterable, Iterator

from aggregates.decisions.intention import Decision, Intention
from aggregates.policy import Policy
from aggregates.queue import queue_key
from aggregates.stages import FINISHED, Placement, Stage
from aggregates.workflow import Workflow, assignment_token, pending_assignment
from events.catalogue import Json


def assignments(standing: Iterable[tuple[Workflow, Placement]]) -> Iterator[Intention]:
    """Assign the first of the queue for as long as fewer than ``max_active`` are at work."""
    every = list(standing)
    if not every:
        return
    policy = every[0][0].circumstances.policy
    active = sum(occupies(workflow, placement) for workflow, placement in every)
    ready = sorted((w for w, placement in every if _is_next(w, placement)), key=queue_key)
    for place, workflow in enumerate(ready[: max(0, policy.queue.max_active - active)]):
        yield Intention(_assign(workflow, policy, active + place))


def occupies(workflow: Workflow, placement: Placement) -> bool:
    """Say whether a workflow takes one of the lane's places.

    One that a person took over or skipped takes none; one that waits for a person does while
    Copilot is assigned or a pull request is open.
    """
    if placement.stage in FINISHED or workflow.handling.taken_over or workflow.handling.skipped:
        return False
    at_work = workflow.assigned or bool(workflow.open_candidates)
    return at_work or pending_assignment(workflow) is not None


def _is_next(workflow: Workflow, placement: Placement) -> bool:
    waits = placement.stage == Stage.QUEUED and workflow.queued
    return waits and pending_assignment(workflow) is None and not workflow.handling.skipped


def _assign(workflow: Workflow, policy: Policy, active: int) -> Decision:
    return Decision(
        kind="assign",
        issue_number=workflow.number,
        token=assignment_token(workflow),
        reason=f"it is next in the queue, and {active} of {policy.queue.max_active} are at work",
        parameters=_told(policy),
    )


def _told(policy: Policy) -> dict[str, Json]:
    copilot = policy.copilot
    return {
        "base_branch": copilot.base_branch,
        "instructions": copilot.instructions,
        "model": copilot.model,
        "custom_agent": copilot.custom_agent,
    }
