"""Lanes as this process just folded and stored them, for who decides in the same process.

It saves them to read the rows and to unpack them. Nothing hangs on it: a lane follows from the
log, so it is the one that the rows say where generation and position are theirs, and is not
answered where they are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from aggregates.lane import Lane, Touched
from aggregates.stages import NOWHERE, Placed

_STEPS = 32  # of a lane that are remembered: some seconds of a busy one


class LaneStep(NamedTuple):
    """Where a lane moved on, and what that touched."""

    position: int
    touched: Touched


Steps: TypeAlias = tuple[LaneStep, ...]


@dataclass(frozen=True, slots=True)
class FreshLane:
    """A lane at its position, and the last steps that led there from the one at ``since``.

    ``placed`` are workflows that were placed with the last of them.
    """

    lane: Lane
    generation: int
    since: int
    steps: Steps = ()
    placed: Mapping[int, Placed] = field(default_factory=dict)

    def touched(self, after: int) -> Touched:
        """Return which workflows were concerned behind a position, ``since`` or later."""
        behind = takewhile(lambda step: step.position > after, reversed(self.steps))
        steps = [step.touched for step in behind]
        return Touched(
            workflows=frozenset[int]().union(*(touched.workflows for touched in steps)),
            everything=any(touched.everything for touched in steps),
        )


@dataclass(slots=True)
class FreshLanes:
    """Lanes by repository, as who folds them tells; they are asked for on whichever thread."""

    _lanes: dict[int, FreshLane] = field(default_factory=dict)

    def lane(self, repository_id: int, generation: int, position: int) -> FreshLane | None:
        """Return a lane of just that generation at just that position, if it is known."""
        found = self._lanes.get(repository_id)
        if found is None or (found.generation, found.lane.position) != (generation, position):
            return None
        return found

    def tell(
        self,
        lane: Lane,
        generation: int,
        since: int,
        steps: Steps,
        placed: Mapping[int, Placed] = NOWHERE,
    ) -> None:
        """Take a lane that went on from a position, once its rows are committed."""
        if before := self.lane(lane.repository_id, generation, since):
            since, steps = before.since, (*before.steps, *steps)
        if gone := steps[:-_STEPS]:
            since, steps = gone[-1].position, steps[-_STEPS:]
        self._lanes[lane.repository_id] = FreshLane(lane, generation, since, steps, placed)

    def forget(self) -> None:
        """Forget every lane."""
        self._lanes.clear()
