"""One task as this worker holds it: what may be done while it does, and letting go of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from aggregates.actions import TRAITS
from events.envelope import NewEvent
from events.errors import OrchestratorError
from events.log import EventLog
from events.store import Store
from reactions.executor import tasks
from reactions.executor.tasks import ActionTask
from reactions.ports.failures import RateLimited

_SHARE = 0.8  # of the time for which it is held, so that nobody else begins while it is worked on
_USERS = tuple(kind for kind, traits in TRAITS.items() if traits.needs_user)

_log = structlog.get_logger("executor")


class TakenOver(OrchestratorError):
    """A task is held no longer: another worker may be at it, and this one does nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A worker's claim on a task, which runs out by itself when the worker dies."""

    task: ActionTask
    store: Store
    log: EventLog
    clock: Callable[[], datetime]

    async def begin(self) -> None:
        """Count an attempt before it is made; raises TakenOver."""
        if not await self.store.write(lambda c: tasks.begin(c, self.task, self.clock())):
            raise TakenOver("the task was held no longer when it was begun")

    async def check(self) -> None:
        """Look whether the task is still held; raises TakenOver."""
        if not await self.store.read(lambda c: tasks.is_held(c, self.task, self.clock())):
            raise TakenOver("the task was held no longer before a change")

    def seconds_left(self) -> float:
        """Return for how long it may be worked on."""
        until = self.task.held_until or self.clock()
        return max(0.0, (until - self.clock()).total_seconds()) * _SHARE

    async def record(self, outcome: NewEvent) -> None:
        """Append what came of it, unless somebody else took it over, who will find it done."""
        if not await self.store.read(lambda c: tasks.is_claimed(c, self.task)):
            _log.warning("an action was taken over; its outcome is left", kind=self.task.kind)
            return
        await self.log.append(outcome)
        await self.forget()

    async def forget(self) -> None:
        """Remove a task that is none, or is none any more."""
        await self.store.write(lambda c: tasks.remove_tasks(c, [self.task.action_id]))

    async def put_off(self, seconds: float, attempts: int | None = None) -> None:
        """Let it go until later, with so many attempts counted; by default those before this."""
        due_at = self.clock() + timedelta(seconds=seconds)
        tried = self.task.attempts if attempts is None else attempts
        await self.store.write(lambda c: tasks.put_off(c, self.task, due_at, tried))

    async def stall(self, limited: RateLimited, until: datetime) -> None:
        """Put off what else of the installation is done by the credential that met a limit."""
        installation_id = self.task.installation_id
        if installation_id is None:
            return
        kinds = _USERS if limited.holder == "user" else None
        await self.store.write(
            lambda c: tasks.put_off_installation(c, installation_id, until, kinds)
        )
