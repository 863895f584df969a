"""One repository's line of work, folded from the log."""

from aggregates.lane.evolve import evolve
from aggregates.lane.lane import Heard, Lane, initial_state

__all__ = ["Heard", "Lane", "evolve", "initial_state"]
