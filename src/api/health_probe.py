"""What there is to say of the service's health, as a look at its parts finds it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Literal

import structlog
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.services import Services
from events.read import Head
from events.store import named
from projections.engine.status import LogStatus, ProjectionStatus, status
from reactions.conductor.stuck import count_stuck

_CHECK_SECONDS = 3.0
_REMEMBER_SECONDS = 1.0  # strangers may ask; the database is not asked more often than this
_LOSS_IS_NEWS_SECONDS = 300.0  # for which lost log lines are told

_log = structlog.get_logger("health")


class ProjectionHealth(BaseModel):
    """How far one read model is behind, and how many events it could not digest."""

    position: int
    lag: int
    parked: int
    newer: bool | None = Field(
        default=None, description="true: a newer release makes it, and this one leaves it alone"
    )
    building: int | None = Field(
        default=None, description="up to where another is built, to take its place"
    )


class TaskState(BaseModel):
    """One background task of the process that answers; ``down_seconds`` while it is down."""

    down_seconds: int | None = None
    failures: int | None = Field(default=None, description="in a row")
    error: str | None = None


class Ready(BaseModel):
    """The bare status for anybody; the rest only with a token."""

    status: Literal["ok", "degraded", "unavailable"]
    reasons: list[str] | None = Field(default=None, description="why it is degraded")
    wrong: list[str] | None = Field(default=None, description="why it is unavailable")
    database: str | None = None
    head: int | None = None
    projections: dict[str, ProjectionHealth] | None = None


class Working(BaseModel):
    """Whether the process does its background work; all but the status only with a token."""

    status: Literal["ok", "unavailable"]
    wrong: list[str] | None = None
    database: str | None = None
    head: int | None = None
    projections: dict[str, ProjectionHealth] | None = None
    tasks: dict[str, TaskState] | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look found: the log's state where it could be read, and how many lanes stand still.

    ``unread`` and ``unappendable`` are sentences, empty where nothing is wrong.
    """

    unappendable: list[str]
    unread: list[str]
    state: LogStatus | None = None
    stuck: int = 0


class HealthProbe:
    """Tries to read and to append-lock the log, at most once a second for all who ask."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._looked_at = float("-inf")
        self._found: _Found | None = None
        self._looking = asyncio.Lock()

    async def ready(self) -> Ready:
        """Say whether deliveries can be stored, and what else is not as it should be."""
        found = await self._look()
        wrong = found.unappendable + found.unread
        reasons = [] if wrong else self._reasons(found)
        return Ready(
            status="unavailable" if wrong else "degraded" if reasons else "ok",
            reasons=reasons or None,
            wrong=wrong or None,
            database=self._services.store.dialect,
            head=found.state.head.position if found.state else None,
            projections=_projections(found.state) if found.state else None,
        )

    async def working(self) -> Working:
        """Say whether this process does its work and the read models keep up."""
        found = await self._look()
        wrong = found.unread + self._services.background.complaints()
        return Working(
            status="unavailable" if wrong else "ok",
            wrong=wrong or None,
            database=self._services.store.dialect,
            head=found.state.head.position if found.state else None,
            projections=_projections(found.state) if found.state else None,
            tasks=self._tasks(),
        )

    async def _look(self) -> _Found:
        """Return the present state, or one no older than a second."""
        async with self._looking:
            now = monotonic()
            if self._found is None or now - self._looked_at > _REMEMBER_SECONDS:
                self._found, self._looked_at = await self._probe(), now
            return self._found

    async def _probe(self) -> _Found:
        services = self._services
        unappendable = await _failure(
            "the log cannot be appended to", services.log.check_appendable()
        )
        state: LogStatus | None = None
        stuck = 0

        def work(connection: Connection) -> tuple[LogStatus, int]:
            return status(connection, services.projections), count_stuck(connection)

        async def look() -> None:
            nonlocal state, stuck
            state, stuck = await services.store.read(work)

        unread = await _failure("the log cannot be read", look())
        if state is not None:
            services.background.lags.observe(state.projections, monotonic())
        return _Found(unappendable, unread, state, stuck)

    def _reasons(self, found: _Found) -> list[str]:
        """Say what is not as it should be and turns no delivery away."""
        reasons = self._services.background.complaints()
        if found.state is not None:
            reasons += _of_the_head(found.state.head, self._services.clock())
            reasons += [reason for each in found.state.projections for reason in _of(each)]
        if found.stuck:
            reasons.append(
                f"nothing is decided for {found.stuck} lanes; /api/problems/lanes says why"
            )
        replica = self._services.replica
        if replica is not None and replica.trouble:
            reasons.append(f"the read replica is not read: {replica.trouble}")
        lost = self._services.lost_lines()
        if lost.seconds_ago < _LOSS_IS_NEWS_SECONDS:
            reasons.append(f"{lost.lines} log lines were lost since the start: {lost.why}")
        return reasons

    def _tasks(self) -> dict[str, TaskState]:
        return {
            task.name: TaskState()
            if task.down_seconds is None
            else TaskState(
                down_seconds=int(task.down_seconds), failures=task.failures, error=task.error
            )
            for task in self._services.background.tasks.values()
        }


async def read_status(services: Services) -> LogStatus:
    """Read the log's head and the projections' positions."""
    return await services.store.read(lambda connection: status(connection, services.projections))


async def _failure(what: str, attempt: Awaitable[None]) -> list[str]:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await attempt
    except Exception as error:  # noqa: BLE001 (whatever it is, we are not ready, and say so)
        _log.warning("not ready", what=what, error=named(error))
        return [f"{what}: {named(error)}"]
    return []


def _of_the_head(head: Head, now: datetime) -> list[str]:
    if not head.is_ahead_of(now):
        return []
    yet = f"{head.recorded_at:%F %T} UTC, which is yet to come"
    return [f"the newest event is of {yet}: a clock is or was wrong"]


def _of(projection: ProjectionStatus) -> list[str]:
    reasons = []
    if projection.newer:
        reasons.append(f"a newer release makes the read model {projection.name}")
    if projection.parked:
        reasons.append(
            f"the read model {projection.name} could not digest {projection.parked} events"
        )
    return reasons


def _projections(state: LogStatus) -> dict[str, ProjectionHealth]:
    return {
        each.name: ProjectionHealth(
            position=each.position,
            lag=each.lag,
            parked=each.parked,
            newer=each.newer or None,
            building=each.building,
        )
        for each in state.projections
    }
