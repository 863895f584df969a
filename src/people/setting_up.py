"""Setting up while nobody administers: a link that is shown once lets one browser begin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, text, update
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.store import Store
from events.table import table_of
from people import administrators, sessions
from people.administrators import Named
from people.ports import Account
from people.secrets import LONGEST, hashed, new_secret
from people.sessions import Session
from people.vault import Vault

LASTS = timedelta(hours=1)


class SetupRow(SQLModel, table=True):
    """A link that was shown, and the browser that spent it, if one did."""

    __tablename__ = "setups"

    token_hash: str = Field(primary_key=True)
    ends_at: datetime
    browser_hash: str | None = Field(default=None, unique=True)


_setups = table_of(SetupRow)


class LinkRefused(OrchestratorError):
    """A code is none, was spent, is over, or somebody administers by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingUp:
    """Says whether this server is to be set up, and by which browser.

    ``admin_tokens`` are those that hold now: what was made with another is nobody's any more.
    """

    store: Store
    named: Named
    vault: Vault
    admin_tokens: Sequence[str] = field(repr=False)
    clock: Callable[[], datetime]

    async def is_open(self) -> bool:
        """Say whether nobody administers, by name or with the admin token's session."""
        now = self.clock()
        return await self.store.read(lambda connection: self._is_open(connection, now))

    async def is_named(self) -> bool:
        """Say whether somebody administers by name, and not the admin token's holder alone."""
        return await self.store.read(lambda c: administrators.anybody(c, self.named))

    async def new_link(self) -> str | None:
        """Return the secret of a new link, in place of any that was not spent; None: no need."""
        secret, now = new_secret(), self.clock()

        def work(connection: Connection) -> str | None:
            if not self._is_open(connection, now):
                return None
            begin(connection, secret, now)
            return secret

        return await self.store.write(work)

    async def spend(self, token: str) -> str:
        """Take a link, once; returns the secret for the browser's cookie. Raises LinkRefused."""
        browser, now = new_secret(), self.clock()

        def work(connection: Connection) -> bool:
            return self._is_open(connection, now) and spend(connection, token, browser, now)

        if len(token) > LONGEST or not await self.store.write(work):
            raise LinkRefused(
                "this code is not, or no longer, one of this server's: "
                "`copilot-orchestrator setup` shows a new one while nobody administers"
            )
        return browser

    async def is_by(self, browser: str) -> bool:
        """Say whether a cookie's secret is that of the browser that sets this server up."""
        now = self.clock()
        return await self.store.read(lambda connection: self._sets_up(connection, browser, now))

    async def name_first(self, account: Account, link: str | None, session: str | None) -> bool:
        """Let who set this server up administer it; says whether they do now.

        ``link`` is the secret of the browser that spent set-up's link, and counts while set-up is
        open: a link that somebody else took is worth nothing any more once it was closed.
        ``session`` is the browser's so far: one of the admin token's may name whoever it likes.
        """
        now = self.clock()

        def work(connection: Connection) -> bool:
            _one_at_a_time(connection)
            may = self._sets_up(connection, link, now) or self._is_admins(connection, session, now)
            return may and administrators.name_first(connection, account, self.named, now)

        return await self.store.write(work)

    def _is_open(self, connection: Connection, now: datetime) -> bool:
        """Say whether nobody administers this server yet."""
        if administrators.anybody(connection, self.named):
            return False
        admins = sessions.of_person(connection, None, now)
        return not any(self._holds(each) for each in admins)

    def _sets_up(self, connection: Connection, link: str | None, now: datetime) -> bool:
        if link is None or len(link) > LONGEST:
            return False
        return holds(connection, link, now) and self._is_open(connection, now)

    def _is_admins(self, connection: Connection, secret: str | None, now: datetime) -> bool:
        if secret is None or len(secret) > LONGEST:
            return False
        session = sessions.find(connection, secret, now)
        return session is not None and session.user_id is None and self._holds(session)

    def _holds(self, session: Session) -> bool:
        """Say whether a session was made with an admin token that holds now."""
        held = (self.vault.marks(each) for each in self.admin_tokens if each)
        return any(session.made_with in marks for marks in held)


def begin(connection: Connection, token: str, now: datetime) -> None:
    """Keep a new link; those that were not spent hold no longer."""
    unspent = _setups.c.browser_hash.is_(None)
    connection.execute(delete(_setups).where(unspent | (_setups.c.ends_at <= now)))
    connection.execute(insert(_setups).values(token_hash=hashed(token), ends_at=now + LASTS))


def spend(connection: Connection, token: str, browser: str, now: datetime) -> bool:
    """Let a browser have a link that nobody had; it has an hour from then."""
    this = (
        _setups.c.token_hash == hashed(token),
        _setups.c.browser_hash.is_(None),
        _setups.c.ends_at > now,
    )
    values = {"browser_hash": hashed(browser), "ends_at": now + LASTS}
    return bool(connection.execute(update(_setups).where(*this).values(**values)).rowcount)


def holds(connection: Connection, browser: str, now: datetime) -> bool:
    """Say whether a browser spent a link, within the hour."""
    this = (_setups.c.browser_hash == hashed(browser), _setups.c.ends_at > now)
    return connection.scalar(select(_setups.c.ends_at).where(*this)) is not None


def _one_at_a_time(connection: Connection) -> None:
    """Let nobody else be named, nor begin a session, meanwhile; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE administrators, sessions IN SHARE ROW EXCLUSIVE MODE"))
