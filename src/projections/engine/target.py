"""Where a runner's rows go."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from events.store import Store
from projections.engine.evolve import RowCache

Guard = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Target:
    """The database that rows and checkpoints live in, and who may write to it.

    ``guard`` runs in every writing transaction and raises CheckpointMoved when this process should
    not be projecting.
    """

    store: Store
    guard: Guard
    cache: RowCache = field(default_factory=RowCache)
