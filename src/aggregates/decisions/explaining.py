"""What was thought of for one workflow: what is decided and what is not, each with why."""

from collections.abc import Iterator
from dataclasses import dataclass

from aggregates.actions import TRAITS
from aggregates.decisions.assigning import considered_start
from aggregates.decisions.by_stage import considered
from aggregates.decisions.intention import Considered, Declined, Timer
from aggregates.decisions.survey import at_work, hands_off, held_back, lacks_user, surveyed
from aggregates.lane import Lane
from aggregates.lane.ours import Asked
from aggregates.stages import Placement, Stage
from aggregates.stages.stage import moment
from aggregates.surroundings import Circumstances, Surroundings
from aggregates.workflow import Workflow
from events.catalogue import ActionKind

_STARTING = (Stage.QUEUED, Stage.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A decision that is taken, or not, with why in a sentence.

    ``by`` are the keys of the policy that it hangs on, ``asked`` is what was asked for by it,
    ``wait`` what it still waits for.
    """

    kind: ActionKind
    taken: bool
    why: str
    by: tuple[str, ...] = ()
    asked: Asked | None = None
    wait: Timer | None = None


def decisions_explained(
    lane: Lane, surroundings: Surroundings, workflow: Workflow, placement: Placement
) -> tuple[Explained, ...]:
    """Return what the conductor thinks of for a workflow, by the very code that decides."""
    around = workflow.circumstances
    every = _considered(lane, surroundings, workflow, placement)
    return tuple(_explained(around, workflow, each) for each in every)


def _considered(
    lane: Lane, surroundings: Surroundings, workflow: Workflow, placement: Placement
) -> Iterator[Considered]:
    yield from considered(workflow, placement)
    if placement.stage in _STARTING:
        survey = surveyed(lane, surroundings)
        ready = {n: look.turn for n, look in survey.looks.items() if look.turn is not None}
        if workflow.number in ready or held_back(workflow.circumstances) is None:
            yield considered_start(workflow, placement, at_work(survey), ready)
        else:
            yield Declined("assign", "its turn has not come")


def _explained(around: Circumstances, workflow: Workflow, each: Considered) -> Explained:
    if isinstance(each, Declined):
        held = None if each.asked else held_back(around) or hands_off(workflow)
        return Explained(
            kind=each.kind,
            taken=each.asked is not None,
            why=held or each.why,
            by=each.by,
            asked=each.asked,
        )
    kind = each.decision.kind
    hands = None if TRAITS[kind].gives_back else hands_off(workflow)
    why = held_back(around) or hands or lacks_user(around, kind)
    if why is None and each.wait is not None:
        until = moment(each.wait.due_at)
        why = f"it waits until {until} for news ({each.wait.kind}): {each.decision.reason}"
    if why is not None:
        return Explained(kind=kind, taken=False, why=why, by=each.by, wait=each.wait)
    return Explained(kind=kind, taken=True, why=each.decision.reason, by=each.by)
