"""Lanes as they are projected, for whoever decides and acts by them."""

from dataclasses import dataclass
from typing import Protocol

from aggregates.lane import Lane
from aggregates.scope import Scope


@dataclass(frozen=True, slots=True)
class Partition:
    """A share of all lanes: those whose repository's id, divided by ``of``, leaves ``number``."""

    number: int
    of: int


EVERY_LANE = Partition(0, 1)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A lane that is not as the log says, since an event of it could not be folded, and why."""

    repository_id: int
    error: str


@dataclass(frozen=True, slots=True)
class Reflection:
    """Lanes and scope as one snapshot: every event up to ``position`` is folded in them."""

    position: int
    scope: Scope
    lanes: tuple[Lane, ...] = ()
    stuck: tuple[Stuck, ...] = ()


class Lanes(Protocol):
    """Reads what the ``lanes`` projection holds; each answer is one snapshot."""

    async def position(self) -> int:
        """Return up to where the log is folded."""
        ...

    async def changed(self, after: int, partition: Partition) -> Reflection:
        """Return the lanes of a partition that changed behind a position; all if the scope did."""
        ...

    async def lane(self, repository_id: int) -> Reflection:
        """Return one lane with its scope; no lane where nothing was heard of the repository."""
        ...
