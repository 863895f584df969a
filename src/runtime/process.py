"""One process of the service: all that it was handed, and what its works share of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import UUID

from api.background import TaskHealth
from api.services import Services
from events.lease import Now
from events.wake import Wake
from projections.lanes.fresh import FreshLanes
from reactions.executor import Pace
from reactions.recovery import Gate
from runtime.app_in_use import AppInUse
from runtime.background.conducting import PARTITIONS
from runtime.background.leased import Lease
from runtime.clock import SteadyClock
from runtime.database import Database
from runtime.people import OpenPeople

if TYPE_CHECKING:
    from runtime.background.relaying import Relaying

Role: TypeAlias = Literal["all", "web", "worker"]


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service, wired but not running."""

    role: Role
    instance: UUID
    database: Database
    services: Services
    app: AppInUse
    replica: Database | None = None
    policy_file: Path | None = None
    pace: Pace = field(default_factory=Pace)
    gate: Gate = field(default_factory=Gate)
    asked: Wake = field(default_factory=Wake)  # when GitHub is to be asked something
    shares: tuple[Wake, ...] = field(  # when lanes changed
        default_factory=lambda: tuple(Wake() for _ in range(PARTITIONS))
    )
    fresh: FreshLanes = field(default_factory=FreshLanes)  # from who folds to who decides
    recovery_seconds: float = 300.0
    session_seconds: float = 120.0
    clock: Callable[[], datetime] = field(default_factory=SteadyClock)  # of waits
    secret_keys: tuple[bytes, ...] = field(default=(), repr=False)
    people: OpenPeople | None = None
    relaying: "Relaying | None" = None

    def lease(self, name: str) -> Lease:
        """Return a lease that this process may come to hold."""
        return Lease(name, self.database, self.clock, str(self.instance), self.judge)

    def judge(self) -> Now:
        """Return the time by which leases are judged; SQLite's processes share one machine's."""
        return self.services.clock() if self.database.dialect == "sqlite" else None

    def health(self, name: str) -> TaskHealth:
        """Return the health of a task by its name, which it may have told itself."""
        background = self.services.background
        if name not in background.tasks:
            background.watch(TaskHealth(name))
        return background.tasks[name]
