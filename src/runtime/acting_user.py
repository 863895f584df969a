"""Who acts: the person whose token is set, recorded where it is news."""

import asyncio

import structlog
from sqlalchemy import Connection

from aggregates.scope import EVERYWHERE, ActingUser, Scope
from events.catalogue import ActingUserSet, ActingUserUnset, own_event
from events.identity import keyed_id
from events.log import EventLog
from events.read import head
from events.store import Store
from projections.lane_queries import around_lanes, folded
from reactions.ports.failures import GitHubFailure, Unauthorised
from reactions.ports.github import Examining

_LOOK_SECONDS = 0.2
_RETRY_SECONDS = 10.0

_log = structlog.get_logger("acting user")


class ActingUserAnnouncer:
    """Asks GitHub once whose token is set, and records it unless the scopes know."""

    def __init__(self, store: Store, log: EventLog, github: Examining) -> None:
        self._store = store
        self._event_log = log
        self._github = github

    async def run(self) -> None:
        """Work until it is recorded; what fails is tried again."""
        again: float | None = 0.0
        while again is not None:
            await asyncio.sleep(again)
            again = await self._try()

    async def _try(self) -> float | None:
        """Record who acts; return the seconds to wait before another try, if any."""
        try:
            around = await self._store.read(_folded)
            if around is None:
                return _LOOK_SECONDS
            await self._record(await self._user(), around)
        except GitHubFailure as failure:
            _log.warning("who acts is not known yet", error=str(failure)[:300])
            return _RETRY_SECONDS
        except Exception as error:  # noqa: BLE001 (whatever it is, the service works on)
            _log.warning("who acts is not recorded yet", error=type(error).__name__)
            return _RETRY_SECONDS
        return None

    async def _user(self) -> ActingUser | None:
        try:
            user = await self._github.acting_user()
        except Unauthorised:
            _log.error("GitHub does not take ORCHESTRATOR_ACTING_USER_TOKEN; set another")
            return None
        return ActingUser(user.id, user.login) if user is not None else None

    async def _record(self, user: ActingUser | None, around: Scope) -> None:
        if around.acting.get(EVERYWHERE) == user:
            return
        content = (
            ActingUserUnset()
            if user is None
            else ActingUserSet(user_id=user.user_id, login=user.login)
        )
        who = user.user_id if user else "nobody"
        key = keyed_id(f"acting_user:{who}:{around.position}")
        [appended] = await self._event_log.append(own_event(content, key))
        _log.info("the acting user changed", position=appended.event.position)


def _folded(connection: Connection) -> Scope | None:
    """Return the scopes, None while they do not reflect the log."""
    reached = folded(connection)
    return around_lanes(connection) if reached >= head(connection).position else None
