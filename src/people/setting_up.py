"""Setting up while nobody administers: a link that is shown once lets one browser begin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.store import Store
from events.table import table_of
from people import administrators, sessions
from people.administrators import Named
from people.secrets import LONGEST, hashed, new_secret

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
    """Says whether this server is to be set up, and by which browser."""

    store: Store
    named: Named
    clock: Callable[[], datetime]

    async def is_open(self) -> bool:
        """Say whether nobody administers, by name or with the admin token's session."""
        now = self.clock()
        return await self.store.read(lambda connection: is_open(connection, self.named, now))

    async def new_link(self) -> str | None:
        """Return the secret of a new link, in place of any that was not spent; None: no need."""
        secret, now = new_secret(), self.clock()

        def work(connection: Connection) -> str | None:
            if not is_open(connection, self.named, now):
                return None
            begin(connection, secret, now)
            return secret

        return await self.store.write(work)

    async def spend(self, token: str) -> str:
        """Take a link, once; returns the secret for the browser's cookie. Raises LinkRefused."""
        browser, now = new_secret(), self.clock()

        def work(connection: Connection) -> bool:
            return is_open(connection, self.named, now) and spend(connection, token, browser, now)

        if len(token) > LONGEST or not await self.store.write(work):
            raise LinkRefused(
                "this code is not, or no longer, one of this server's: "
                "`copilot-orchestrator setup` shows a new one while nobody administers"
            )
        return browser

    async def is_by(self, browser: str) -> bool:
        """Say whether a cookie's secret is that of the browser that sets this server up."""
        now = self.clock()
        return len(browser) <= LONGEST and await self.store.read(
            lambda c: holds(c, browser, now) and is_open(c, self.named, now)
        )


def is_open(connection: Connection, named: Named, now: datetime) -> bool:
    """Say whether nobody administers this server yet."""
    if administrators.anybody(connection, named):
        return False
    return not sessions.of_person(connection, None, now)


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
