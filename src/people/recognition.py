"""Who a request is from: the secret that it shows becomes a caller, or nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from events.store import Store
from people import administrators, sessions
from people.administrators import Named
from people.caller import Caller
from people.doors import Doors
from people.looking import Looking
from people.rights import Reach
from people.secrets import LONGEST, hashed
from people.sessions import Session
from projections import access_news

# A page asks several things at once; none of them needs to be asked for anew.
_REMEMBERED = timedelta(seconds=2).total_seconds()
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Recognises sessions; ``admin_tokens`` are those that hold now."""

    store: Store
    doors: Doors
    looking: Looking | None
    named: Named
    admin_tokens: Sequence[str] = field(repr=False)
    clock: Callable[[], datetime]
    _remembered: dict[int, tuple[float, Reach]] = field(default_factory=dict, repr=False)

    async def of_session(self, secret: str) -> tuple[Caller, Session] | None:
        """Return who has a session's cookie; None where it is over.

        Raises GitHubSilent, GitHubRefused or TokenGone where their rights cannot be told.
        """
        if len(secret) > LONGEST:
            return None
        now = self.clock()
        found = await self.store.read(lambda connection: self._found(connection, secret, now))
        if found is None:
            return None
        session, administers, revoked = found
        if session.user_id is None:
            holds = session.made_with in {hashed(each) for each in self.admin_tokens if each}
            return (_admin(session), session) if holds else None
        if revoked:
            await self._end_revoked(session)
            return None
        if sessions.is_to_be_touched(session, now):
            await self.store.write(lambda connection: sessions.touch(connection, session, now))
        return await self._person(session, session.user_id, administers=administers), session

    async def _person(self, session: Session, user_id: int, *, administers: bool) -> Caller:
        login = session.login or str(user_id)
        reach = None if administers else await self.reach(user_id, login)
        return Caller(
            means="session",
            user_id=user_id,
            login=login,
            is_administrator=administers,
            reach=reach,
            id=session.id,
        )

    async def reach(self, user_id: int, login: str) -> Reach | None:
        """Return what somebody may where; None where there is no App that could say."""
        if self.looking is None:
            return None
        then, reach = self._remembered.get(user_id, (0.0, None))
        if reach is None or monotonic() - then > _REMEMBERED:
            reach = await self.looking.reach(user_id, login)
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[user_id] = (monotonic(), reach)
        return reach

    def _found(
        self, connection: Connection, secret: str, now: datetime
    ) -> tuple[Session, bool, bool] | None:
        session = sessions.find(connection, secret, now)
        if session is None:
            return None
        if session.user_id is None:
            return session, True, False
        revoked = access_news.revoked_at(connection, session.user_id) > session.began_behind
        administers = administrators.known(connection, session.user_id, self.named)
        return session, administers, revoked

    async def _end_revoked(self, session: Session) -> None:
        login = session.login or str(session.user_id)
        await self.doors.end(session.user_id, login, [session.id], "revoked_at_github")


def _admin(session: Session) -> Caller:
    return Caller(means="session", is_administrator=True, id=session.id)
