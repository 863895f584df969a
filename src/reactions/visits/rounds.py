"""Going round the repositories that are due, one after the other in each installation."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog
from sqlalchemy import Connection

from aggregates.lane import Lane, initial_state
from events.errors import OrchestratorError
from events.log import EventLog
from events.store import Store
from reactions.lanes import Lanes
from reactions.ports.answers import Repository
from reactions.ports.failures import GitHubFailure, RateLimited
from reactions.visits import table
from reactions.visits.table import Visit

_INSTALLATIONS_AT_ONCE = 4
_LONGEST_BACKOFF = timedelta(hours=24)
_MOST_DOUBLINGS = 12

_log = structlog.get_logger("visits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Lanes, log and store, a clock of aware UTC time, and a guard.

    ``guard`` runs in every writing transaction and raises when this process should not be visiting.
    """

    lanes: Lanes
    log: EventLog
    store: Store
    clock: Callable[[], datetime]
    guard: Callable[[Connection], None] = lambda _connection: None

    async def write(self, change: Callable[[Connection], None]) -> None:
        """Change something in one transaction, as long as the guard lets us."""

        def work(connection: Connection) -> None:
            self.guard(connection)
            change(connection)

        await self.store.write(work)


class NotNow(OrchestratorError):
    """A repository cannot be visited as things are; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What a round came to; ``behind``: the lanes do not reflect the log's head yet."""

    behind: bool = False
    visited: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A repository at the time of a visit: where it is, and what we think of it."""

    repo: Repository
    lane: Lane


# Looks at a repository and returns when it is due again, None: when something happens.
Look: TypeAlias = Callable[[Place], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Visits what is due.

    What fails is visited again later and stops no other repository; where GitHub takes no more, its
    whole installation waits. ``first_backoff`` is how much later the first time; it doubles.
    """

    purpose: str
    services: Services
    first_backoff: timedelta = timedelta(minutes=1)

    async def visit(self, look: Look) -> Visited:
        """Visit what is due first in each of a few installations.

        Raises what the log and the database raise, and what the guard does.
        """
        await self._reckon()
        due, found = await self.services.store.read(self._due)
        if not found:
            return Visited(next_due=due)
        if not await self.services.lanes.reflect((await self.services.log.head()).position):
            return Visited(behind=True)
        await asyncio.gather(*(self._visit(visit, look) for visit in found))
        return Visited(visited=len(found), next_due=due)

    async def _reckon(self) -> None:
        """Have what a wrong clock put off, or dated, wait no longer than it was to."""
        now = self.services.clock()
        if await self.services.store.read(lambda c: table.began_ahead(c, self.purpose, now)):
            await self.services.write(lambda c: table.reckon_anew(c, self.purpose, now))

    def _due(self, connection: Connection) -> tuple[datetime | None, list[Visit]]:
        """Return when the first is due, and what is by now."""
        found = table.due(connection, self.purpose, self.services.clock(), _INSTALLATIONS_AT_ONCE)
        return table.next_due(connection, self.purpose), found

    async def _visit(self, visit: Visit, look: Look) -> None:
        try:
            next_due = await look(await self._place(visit))
        except RateLimited as limited:
            await self._wait(visit, limited)
        except (GitHubFailure, NotNow) as failure:
            await self._put_off(visit, str(failure) or type(failure).__name__)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            _log.exception("a visit failed", purpose=self.purpose, repository=visit.repository_id)
            await self._put_off(visit, type(error).__name__)
        else:
            now = self.services.clock()
            await self.services.write(lambda c: table.done(c, visit, now, next_due))

    async def _place(self, visit: Visit) -> Place:
        reflected = await self.services.lanes.lane(visit.repository_id)
        if reflected.stuck:
            raise NotNow("its lane is stuck, so nobody knows what would be news")
        known = [each.lane for each in reflected.lanes]
        lane = known[0] if known else initial_state(visit.repository_id)
        name = lane.repository.full_name if lane.repository else visit.full_name
        if name is None:
            raise NotNow("the repository's name is not known yet")
        whose = lane.installation_id or visit.installation_id
        return Place(Repository(whose, name), lane)

    async def _wait(self, visit: Visit, limited: RateLimited) -> None:
        _log.warning("GitHub takes no more for now", until=limited.until.isoformat())
        until, installation_id = limited.until, visit.installation_id
        now = self.services.clock()
        await self.services.write(
            lambda c: table.put_off_installation(c, self.purpose, installation_id, now, until)
        )

    async def _put_off(self, visit: Visit, error: str) -> None:
        _log.warning("a repository is visited again later", purpose=self.purpose, error=error[:300])
        doubled = self.first_backoff * 2 ** min(visit.failures, _MOST_DOUBLINGS)
        now = self.services.clock()
        until = now + min(doubled, _LONGEST_BACKOFF)
        await self.services.write(lambda c: table.put_off(c, visit, now, until, error))
