"""How often somebody failed at our doors, for all processes: who fails too often has to wait.

What is drawn of 256 random bits (sessions, API tokens, codes) cannot be guessed: where it is right,
nobody asks how often others failed, so that no stranger can lock out whoever has it. The admin
token is chosen by people: while an address has to wait, none is even compared that comes from it;
from any other it goes on.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from time import monotonic
from typing import Literal, TypeAlias

import structlog
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Field, SQLModel

from events.store import Store
from events.table import table_of

Door: TypeAlias = Literal["token", "session", "sign_in", "begun", "link", "program", "account"]
Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

WINDOW = timedelta(minutes=10)
# Failures in a window that close a door. An old page that goes on asking with a session that is
# over fails often, and harmlessly; whoever begins a sign-in does not fail, but takes up room.
LIMITS: Mapping[Door, int] = {
    "token": 50,
    "session": 300,
    "sign_in": 50,
    "begun": 100,
    "link": 20,
    "program": 20,
    "account": 20,
}
_FIRST_CLOSED = timedelta(minutes=1)  # twice as long each further time
# A sign-in that was begun takes its place up for so long: who fills many waits until it is free.
_BEGUN_CLOSED = WINDOW
_LONGEST_CLOSED = timedelta(minutes=16)
_FORGOTTEN = timedelta(hours=6)  # without another failure
_MOST_PENDING = 1000  # addresses and accounts in one write
_MOST_ROWS = 50_000  # in the table; strangers have as many addresses as they like
_DIGITS = 32  # of a name's hash: 128 bits


_log = structlog.get_logger("people")


class AttemptRow(SQLModel, table=True):
    """How somebody fared at a door; who it is cannot be read from it without our key."""

    __tablename__ = "attempts"

    door: str = Field(primary_key=True)
    who: str = Field(primary_key=True, description="keyed hash of an address or an account")
    failures: int = Field(description="in the window that began at `since`")
    since: datetime
    closings: int = Field(description="how often the door was closed to them, one after the other")
    closed_until: datetime | None
    changed_at: datetime = Field(index=True)


_attempts = table_of(AttemptRow)
_Key: TypeAlias = tuple[Door, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How somebody fared at a door."""

    failures: int
    since: datetime
    closings: int
    closed_until: datetime | None
    changed_at: datetime

    def is_closed(self, now: datetime) -> bool:
        """Say whether they have to wait; a time far ahead is of a clock that was wrong."""
        until = self.closed_until
        return until is not None and now < until <= now + _LONGEST_CLOSED


def after(known: Standing | None, door: Door, failures: int, now: datetime) -> Standing:
    """Return how somebody stands who failed so often more; while they wait it does not count."""
    if known is None or not timedelta() <= now - known.changed_at < _FORGOTTEN:
        known = Standing(failures=0, since=now, closings=0, closed_until=None, changed_at=now)
    if known.is_closed(now):
        return known
    goes_on = timedelta() <= now - known.since < WINDOW
    failed = (known.failures if goes_on else 0) + failures
    since = known.since if goes_on else now
    if failed < LIMITS[door]:
        return Standing(
            failures=failed, since=since, closings=known.closings, closed_until=None, changed_at=now
        )
    first = _BEGUN_CLOSED if door == "begun" else _FIRST_CLOSED
    closed = min(first * 2 ** min(known.closings, 10), _LONGEST_CLOSED)
    return Standing(
        failures=0,
        since=now,
        closings=known.closings + 1,
        closed_until=now + closed,
        changed_at=now,
    )


@dataclass(slots=True, kw_only=True)
class Attempts:
    """Counts failures; ``key`` hides who failed, ``share`` names whose address a request is from.

    Without failures it neither reads nor writes. A process writes ``every`` so many seconds at
    most, or when a door is to be closed, and hears then what others counted.
    """

    store: Store
    clock: Callable[[], datetime]
    key: bytes = field(repr=False)
    share: Callable[[str, Headers], str]
    every: float = 1.0
    _counted: dict[_Key, int] = field(default_factory=dict, repr=False)
    _pending: dict[_Key, int] = field(default_factory=dict, repr=False)
    _closed: dict[_Key, datetime] = field(default_factory=dict, repr=False)
    _written: float = field(default_factory=monotonic, repr=False)

    def waits(self, door: Door, who: Callable[[], str]) -> int:
        """Return for how many seconds somebody has to wait, as far as this process knows; or 0."""
        return self._waits(self._key(door, who())) if self._closed else 0

    async def failed(self, door: Door, who: str) -> int:
        """Count a failure, and return for how many seconds they have to wait now; or 0."""
        key = self._key(door, who)
        if seconds := self._waits(key):
            return seconds
        if key in self._pending or len(self._pending) < _MOST_PENDING:
            self._pending[key] = self._pending.get(key, 0) + 1
        is_due = not 0 <= monotonic() - self._written < self.every
        failures = self._pending.get(key, 0) + self._counted.get(key, 0)
        if is_due or failures >= LIMITS[door]:
            await self._write()
        return self._waits(key)

    def _waits(self, key: _Key) -> int:
        until, now = self._closed.get(key), self.clock()
        if until is None:
            return 0
        if not now < until <= now + _LONGEST_CLOSED:
            del self._closed[key]
            return 0
        return ceil((until - now).total_seconds())

    async def _write(self) -> None:
        self._written = monotonic()
        pending, self._pending = self._pending, {}
        now = self.clock()
        try:
            stand = await self.store.write(lambda connection: add(connection, pending, now))
        except (SQLAlchemyError, OSError) as error:  # the door stays shut without a count, too
            _log.warning("failures at the doors could not be counted", error=str(error)[:200])
            return
        self._counted = {key: each.failures for key, each in stand.items()}
        for known in [each for each, until in self._closed.items() if until <= now]:
            del self._closed[known]
        for key, each in stand.items():
            if each.closed_until is not None and each.is_closed(now):
                self._closed[key] = each.closed_until

    def _key(self, door: Door, who: str) -> _Key:
        return door, hmac.new(self.key, who.encode(), "sha256").hexdigest()[:_DIGITS]


def key_of(secret: bytes) -> bytes:
    """Derive the key that hides who failed from a secret of the service."""
    purpose = b"copilot-orchestrator: who failed at our doors"
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def add(
    connection: Connection, failures: Mapping[_Key, int], now: datetime
) -> dict[_Key, Standing]:
    """Add failures to what is known; returns how those who failed stand now."""
    connection.execute(delete(_attempts).where(_attempts.c.changed_at < now - _FORGOTTEN))
    these = tuple_(_attempts.c.door, _attempts.c.who).in_(sorted(failures))
    query = select(_attempts).where(these).order_by(_attempts.c.door, _attempts.c.who)
    known = {
        (row.door, row.who): Standing(
            failures=row.failures,
            since=row.since,
            closings=row.closings,
            closed_until=row.closed_until,
            changed_at=row.changed_at,
        )
        for row in connection.execute(query.with_for_update())
    }
    standings = {key: after(known.get(key), key[0], failures[key], now) for key in sorted(failures)}
    for key in [each for each in standings if each in known and standings[each] != known[each]]:
        this = (_attempts.c.door == key[0], _attempts.c.who == key[1])
        connection.execute(update(_attempts).where(*this).values(**_values(standings[key])))
    _insert(connection, {key: each for key, each in standings.items() if key not in known})
    return standings


def _insert(connection: Connection, standings: Mapping[_Key, Standing]) -> None:
    if not standings:
        return
    room = _MOST_ROWS - (connection.scalar(select(func.count()).select_from(_attempts)) or 0)
    for (door, who), each in list(standings.items())[: max(0, room)]:
        try:
            with connection.begin_nested():
                connection.execute(insert(_attempts).values(door=door, who=who, **_values(each)))
        except IntegrityError:
            continue  # another process just began to count them; these few are not added


def _values(standing: Standing) -> dict[str, object]:
    return {name: getattr(standing, name) for name in Standing.__slots__}
