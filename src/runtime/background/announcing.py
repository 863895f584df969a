"""What a process says of itself at its start: recorded where it is news, tried until it is."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection

from aggregates.acting import ActingUser
from aggregates.surroundings import EVERYWHERE, Surroundings
from events.catalogue import ActingUserSet, ActingUserUnset, AppIdentified, own_event
from events.identity import keyed_id
from events.log import EventLog
from events.read import head
from events.store import Store
from projections.lanes.fold import folded
from projections.lanes.queries import around_lanes
from reactions.ports.failures import GitHubFailure, Unauthorised
from reactions.ports.github import Examining

_LOOK_SECONDS = 0.1
_RETRY_SECONDS = 10.0

_log = structlog.get_logger("acting user")


@dataclass(slots=True)
class Announcement:
    """One thing to be recorded, once what was said of it before is folded.

    ``record`` appends it, unless what holds around all lanes says so already; ``failed`` is told
    of every error, after which it is tried again.
    """

    store: Store
    record: Callable[[Surroundings], Awaitable[None]]
    failed: Callable[[Exception], None]
    _since: int | None = field(default=None, init=False)  # where the log ended at the first look

    async def run(self) -> None:
        """Work until it is recorded."""
        again: float | None = 0.0
        while again is not None:
            await asyncio.sleep(again)
            again = await self._try()

    async def _try(self) -> float | None:
        """Record it; return the seconds to wait before another try, if any."""
        try:
            around = await self.store.read(self._around)
            if around is None:
                return _LOOK_SECONDS
            await self.record(around)
        except Exception as error:  # noqa: BLE001 (whatever it is, the service works on)
            self.failed(error)
            return _RETRY_SECONDS
        return None

    def _around(self, connection: Connection) -> Surroundings | None:
        """Return the scopes, None while they do not reflect the log as it was at the first look."""
        if self._since is None:
            self._since = head(connection).position
        return around_lanes(connection) if folded(connection) >= self._since else None


class ActingUserAnnouncer:
    """Asks GitHub once whose token is set, and records it unless the scopes know."""

    def __init__(self, store: Store, log: EventLog, github: Examining) -> None:
        self._store = store
        self._event_log = log
        self._github = github

    async def run(self) -> None:
        """Work until it is recorded; what fails is tried again."""
        await Announcement(self._store, self._record, _failed).run()

    async def _user(self) -> ActingUser | None:
        try:
            user = await self._github.acting_user()
        except Unauthorised:
            _log.error("GitHub does not take ORCHESTRATOR_ACTING_USER_TOKEN; set another")
            return None
        return ActingUser(user.id, user.login) if user is not None else None

    async def _record(self, around: Surroundings) -> None:
        user = await self._user()
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


class AppAnnouncer:
    """Asks GitHub once who the App is, and records it unless the scopes know.

    ``signs``: this process signs the marks in comments.
    """

    def __init__(self, store: Store, log: EventLog, github: Examining, *, signs: bool) -> None:
        self._store = store
        self._event_log = log
        self._github = github
        self._signs = signs

    async def run(self) -> None:
        """Work until it is recorded; what fails is tried again."""
        await Announcement(self._store, self._record, _failed).run()

    async def _record(self, around: Surroundings) -> None:
        user = await self._github.app_user()
        known = ActingUser(user.id, user.login)
        if (around.app, around.signed_since is not None) == (known, self._signs):
            return
        content = AppIdentified(user_id=user.id, login=user.login, signs=self._signs)
        key = keyed_id(f"app:{user.id}:{user.login}:{self._signs}:{around.position}")
        [appended] = await self._event_log.append(own_event(content, key))
        _log.info("the App is known", login=user.login, position=appended.event.position)


def _failed(error: Exception) -> None:
    if isinstance(error, GitHubFailure):
        _log.warning("who acts is not known yet", error=str(error)[:300])
    else:
        _log.warning("who acts is not recorded yet", error=type(error).__name__)
