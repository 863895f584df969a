"""Sessions begin and end here, and each is an event of the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Connection

from events.catalogue import About, OwnEvent, own_event
from events.catalogue.people import SignedIn, SignedOut
from events.identity import timed_id
from events.log import EventLog
from events.read import head
from events.store import Store
from people import pairs, sessions
from people.caller import ADMIN
from people.keeper import TokenKeeper
from people.pairs import Kept
from people.ports import Account, TokenPair
from people.secrets import new_secret
from people.sessions import Session
from people.vault import Vault

Ended: TypeAlias = Literal["signed_out", "ended_by_person", "revoked_at_github", "signed_in_again"]

_THE_SERVICE = About()
_CLEARED = 100  # sessions that ended by themselves, with each that begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A session that was begun, and the secret for the cookie."""

    secret: str
    session: Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Begins and ends sessions; ``keeper`` is None where nobody's GitHub token is kept."""

    store: Store
    log: EventLog
    clock: Callable[[], datetime]
    keeper: TokenKeeper | None = None

    async def enter(
        self, account: Account, pair: TokenPair, agent: str, before: str | None
    ) -> Entered:
        """Begin somebody's session and keep their token; that of the cookie ``before`` ends.

        The token that theirs replaces is revoked at GitHub. Raises VaultMissing.
        """
        return await self._enter(account, agent, before, None, pair)

    async def enter_as_admin(self, admin_token: str, agent: str, before: str | None) -> Entered:
        """Begin a session of whoever has the admin token, which was found to be right."""
        return await self._enter(None, agent, before, self.marks(admin_token)[0])

    def marks(self, admin_token: str) -> list[str]:
        """Return by what an admin token is known again in what was made with it."""
        vault = Vault(()) if self.keeper is None else self.keeper.vault
        return vault.marks(admin_token)

    async def end(
        self, user_id: int | None, login: str, ids: Sequence[UUID], because: Ended
    ) -> None:
        """End somebody's sessions, and forget their token with the last; consents stay."""
        now = self.clock()

        def work(connection: Connection) -> Kept | None:
            sessions.end(connection, ids)
            if user_id is None:
                return None
            # First their token, then whether a session is left: who signs in meanwhile keeps both.
            kept = pairs.find(connection, user_id, "session")
            return None if sessions.of_person(connection, user_id, now) else kept

        unneeded = await self.store.write(work)
        content = SignedOut(sessions=tuple(ids), user_id=user_id, because=because)
        await self.record(content, login, user_id)
        if unneeded is not None and self.keeper is not None:
            await self.keeper.forget_pair(unneeded)

    async def record(
        self, content: OwnEvent, by: str, by_id: int | None, about: About = _THE_SERVICE
    ) -> None:
        """Append what somebody did."""
        event_id = timed_id(self.clock(), token_bytes(10))
        await self.log.append(own_event(content, event_id, about=about, by=by, by_id=by_id))

    async def _enter(
        self,
        account: Account | None,
        agent: str,
        before: str | None,
        made_with: str | None,
        pair: TokenPair | None = None,
    ) -> Entered:
        secret, now = new_secret(), self.clock()
        session = Session(
            id=timed_id(now, token_bytes(10)),
            user_id=account.id if account else None,
            login=account.login if account else None,
            agent=agent,
            made_with=made_with,
            began_at=now,
            began_behind=(await self.store.read(head)).position,
            used_at=now,
            ends_at=now + sessions.LONGEST,
        )

        def work(connection: Connection) -> tuple[Session | None, Kept | None]:
            """Keep both in one transaction: who signs out elsewhere revokes neither."""
            revoked = self._keep(connection, account, pair, now)
            return _replacing(connection, secret, session, before, now), revoked

        replaced, revoked = await self.store.write(work)
        kind: Literal["person", "admin_token"] = "person" if account else "admin_token"
        content = SignedIn(session=session.id, kind=kind, ends_at=session.ends_at)
        await self.record(content, session.login or ADMIN, session.user_id)
        if replaced is not None:
            await self._tell_of(replaced)
        if revoked is not None and self.keeper is not None:
            await self.keeper.revoke(revoked)
        return Entered(secret=secret, session=session)

    def _keep(
        self, connection: Connection, account: Account | None, pair: TokenPair | None, now: datetime
    ) -> Kept | None:
        """Keep somebody's pair; returns the one that it replaces."""
        if account is None or pair is None or self.keeper is None:
            return None
        before = pairs.find(connection, account.id, "session")
        vault, login = self.keeper.vault, account.login
        pairs.keep(connection, vault, account.id, "session", login, pair, now)
        return before

    async def _tell_of(self, replaced: Session) -> None:
        over = SignedOut(
            sessions=(replaced.id,), user_id=replaced.user_id, because="signed_in_again"
        )
        await self.record(over, replaced.login or ADMIN, replaced.user_id)


def _replacing(
    connection: Connection, secret: str, session: Session, before: str | None, now: datetime
) -> Session | None:
    """Keep a session; one that its browser had is over, whoever brought it there."""
    sessions.clear(connection, now, _CLEARED)
    replaced = sessions.find(connection, before, now) if before else None
    if replaced is not None:
        sessions.end(connection, [replaced.id])
    sessions.begin(connection, secret, session)
    return replaced
