"""Settling: asks GitHub again about what deliveries of one second leave open, once that is over.

The conductor, which sees every lane that changes, has those visited in which something is in doubt.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from aggregates.lane import Lane
from reactions.ports.failures import Forbidden, GitHubFailure, NotFound
from reactions.ports.github import Recovering
from reactions.resync.doubts import OVER_AFTER, Doubtable, doubts
from reactions.resync.looking import Looking
from reactions.resync.news import record
from reactions.visits import NotNow, Place, Rounds, Services, Visit, Visited
from reactions.visits.table import want_if_idle

PURPOSE = "settling"

_log = structlog.get_logger("settling")


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The visit of which a lane is in want, and when the newest of its doubts is over."""

    visit: Visit
    newest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Looks at repositories in which something is in doubt."""

    github: Recovering
    services: Services

    async def step(self) -> Visited:
        """Look where it is time to; raises what the log, the database and the guard raise."""
        rounds = Rounds(purpose=PURPOSE, services=self.services, first_backoff=OVER_AFTER)
        return await rounds.visit(self._look)

    async def _look(self, place: Place) -> datetime | None:
        began = self.services.clock()
        doubted = list(doubts(place.lane))
        over = [doubt.seen for doubt in doubted if doubt.is_over(began)]
        told = await self._ask(place, over, began) if over else 0
        # A doubt that came up meanwhile found this visit under way, and asked for none of its own.
        return began + OVER_AFTER if told or len(over) < len(doubted) else None

    async def _ask(self, place: Place, over: Sequence[Doubtable], began: datetime) -> int:
        looking = Looking(self.github, place)
        failure = await _failure(looking, over)
        told = await record(self.services.log, looking, began)
        if failure is not None:
            raise failure
        return told


async def _failure(looking: Looking, doubted: Sequence[Doubtable]) -> GitHubFailure | None:
    """Look again, and return what ended that early; None where it is left to the resync."""
    try:
        await looking.look_again(doubted)
    except (Forbidden, NotFound, NotNow) as left:  # a resync meets the same, and tries again
        repository = looking.place.lane.repository_id
        _log.warning("a doubt remains", repository=repository, error=str(left)[:300])
    except GitHubFailure as failure:
        return failure
    return None


def unsettled(lane: Lane, since: int) -> Unsettled | None:
    """Return what a lane is to be visited for: that came to be in doubt behind a position.

    What was asked for in vain is left to the resync, not asked for at whatever else happens there.
    """
    fresh = [doubt.over for doubt in doubts(lane) if doubt.position > since]
    if not fresh or lane.installation_id is None:
        return None
    visit = Visit(
        purpose=PURPOSE,
        repository_id=lane.repository_id,
        installation_id=lane.installation_id,
        due_at=min(fresh),
        since=min(fresh) - OVER_AFTER,
    )
    return Unsettled(visit, max(fresh))


def have_settled(connection: Connection, lanes: Iterable[Unsettled]) -> None:
    """Have lanes visited, in a moment, unless they are to be already."""
    for each in lanes:
        want_if_idle(connection, each.visit, each.newest)
