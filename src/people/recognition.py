"""Who a request is from: the secret that it shows becomes a caller, or nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy import Connection

from events.store import Store
from people import administrators, api_tokens, sessions
from people.administrators import Named
from people.api_tokens import ApiToken
from people.caller import Caller
from people.doors import Doors
from people.issuing import Issuing
from people.looking import Looking
from people.rights import Reach
from people.secrets import LONGEST
from people.sessions import Session
from people.vouching import Vouching
from projections import access_news

# A page asks several things at once; none of them needs to be asked for anew.
_REMEMBERED = timedelta(seconds=2).total_seconds()
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Recognises sessions and API tokens; ``admin_tokens`` are those that hold now."""

    store: Store
    doors: Doors
    looking: Looking | None
    issuing: Issuing
    vouching: Vouching | None
    named: Named
    admin_tokens: Sequence[str] = field(repr=False)
    clock: Callable[[], datetime]
    _remembered: dict[int | UUID, tuple[float, Reach]] = field(default_factory=dict, repr=False)
    _locks: WeakValueDictionary[int | UUID, asyncio.Lock] = field(
        default_factory=WeakValueDictionary, repr=False
    )

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
            if not self._is_admin_tokens(session.made_with):
                return None
        elif revoked:
            await self._end_revoked(session)
            return None
        if sessions.is_to_be_touched(session, now):
            await self.store.write(lambda connection: sessions.touch(connection, session, now))
        if session.user_id is None:
            return _admin(session), session
        return await self._person(session, session.user_id, administers=administers), session

    async def of_api_token(self, secret: str) -> Caller | None:
        """Return who has an API token, with what its maker may now; None where it holds no more.

        Raises GitHubSilent where their rights cannot be told.
        """
        if len(secret) > LONGEST or not secret.startswith(api_tokens.PREFIX):
            return None
        now = self.clock()
        found = await self.store.read(lambda connection: self._token(connection, secret, now))
        if found is None:
            return None
        token, administers, revoked = found
        if token.user_id is None:
            if not self._is_admin_tokens(token.made_with):
                return None
        elif revoked:
            by = token.login or str(token.user_id)
            await self.issuing.revoke(token, "person_gone", by, token.user_id)
            return None
        await self.issuing.used(token)
        reach = None if administers else await self._vouched(token)
        return api_tokens.caller_with(token, reach, administers=administers)

    async def reach(self, user_id: int, login: str) -> Reach | None:
        """Return what somebody may where; None where there is no App that could say."""
        looking = self.looking
        if looking is None:
            return None
        return await self._remember(user_id, lambda: looking.reach(user_id, login))

    async def _vouched(self, token: ApiToken) -> Reach | None:
        vouching, user_id = self.vouching, token.user_id
        if vouching is None or user_id is None:
            return None
        login = token.login or str(user_id)
        return await self._remember(token.id, lambda: vouching.reach(user_id, login, token.only))

    async def _remember(self, key: int | UUID, ask: Callable[[], Awaitable[Reach]]) -> Reach:
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:  # one request asks, those beside it find the answer
            then, reach = self._remembered.get(key, (0.0, None))
            if reach is None or monotonic() - then > _REMEMBERED:
                reach = await ask()
                if len(self._remembered) >= _MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[key] = (monotonic(), reach)
            return reach

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

    def _is_admin_tokens(self, made_with: str | None) -> bool:
        """Say whether what was made with an admin token holds: as long as that one does."""
        held = (self.doors.marks(each) for each in self.admin_tokens if each)
        return any(made_with in marks for marks in held)

    def _token(
        self, connection: Connection, secret: str, now: datetime
    ) -> tuple[ApiToken, bool, bool] | None:
        token = api_tokens.find(connection, secret, now)
        if token is None:
            return None
        if token.user_id is None:
            return token, True, False
        administers, revoked = self._standing(connection, token.user_id, token.made_behind)
        return token, administers, revoked

    def _standing(self, connection: Connection, user_id: int, behind: int) -> tuple[bool, bool]:
        """Say whether somebody administers, and withdrew the App's authorisation since."""
        revoked = access_news.revoked_at(connection, user_id) > behind
        return administrators.known(connection, user_id, self.named), revoked

    def _found(
        self, connection: Connection, secret: str, now: datetime
    ) -> tuple[Session, bool, bool] | None:
        session = sessions.find(connection, secret, now)
        if session is None:
            return None
        if session.user_id is None:
            return session, True, False
        administers, revoked = self._standing(connection, session.user_id, session.began_behind)
        return session, administers, revoked

    async def _end_revoked(self, session: Session) -> None:
        login = session.login or str(session.user_id)
        await self.doors.end(session.user_id, login, [session.id], "revoked_at_github")


def _admin(session: Session) -> Caller:
    return Caller(means="session", is_administrator=True, id=session.id)
