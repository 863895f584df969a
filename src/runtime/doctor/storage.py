"""Whether the database is there, of this release, and holds a log that can go on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from events import chain
from events.envelope import Event
from events.log import EventLog
from events.read import Head, head, outlines
from events.table import missing_triggers
from events.wake import Wake
from people import administrators
from projections.engine import parked
from reactions.asking.table import NONE_FAILS, Failing, failing_questions
from runtime.database import Database
from runtime.doctor.finding import (
    Finding,
    Reading,
    Unasked,
    Unread,
    Way,
    attempt,
    not_read,
    ok,
    problem,
    warning,
)
from runtime.doctor.repositories import KnownRepository, read_repositories
from runtime.migrate import with_database

DATABASE = "database"
LOG = "log"
QUESTIONS = "questions"

_SECONDS = 10.0
_TIMES = 3  # that a question failed in a row, after some minutes: no single outage
_VERIFY = "run: copilot-orchestrator verify, and do not write before it is clear what happened"
_WAY = Way(command="copilot-orchestrator verify")
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Storage:
    """What the database says of itself and of the log's end; ``behind`` is what follows the head.

    ``unappendable`` is why the log takes no event, None where it does; ``administrators`` is how
    many set-up named.
    """

    dialect: str
    head: Head
    newest: Event | None
    behind: Event | None
    missing_triggers: tuple[str, ...]
    parked: int
    unappendable: Unread | None = None
    failing: Failing = NONE_FAILS
    administrators: int = 0
    repositories: tuple[KnownRepository, ...] = ()


async def read_storage(url: str, clock: Callable[[], datetime]) -> Storage | Unread:
    """Read the database's end of the log and take its lock once; appends nothing."""

    async def read(database: Database) -> Storage:
        found = await database.read(lambda connection: _storage(database.dialect, connection))
        log = EventLog(database, clock, Wake())
        refused = await attempt(log.check_appendable(), _SECONDS)
        return found if refused is None else replace(found, unappendable=refused)

    return await attempt(with_database(url, read), 2 * _SECONDS)


def judge_storage(storage: Reading[Storage], now: datetime) -> Iterator[Finding]:
    """Say whether the database answers and whether the head of the log is sane."""
    if isinstance(storage, Unread | Unasked):
        yield not_read(DATABASE, storage, "start the database, or correct its address")
        why = Unasked("the database could not be read", "see the database")
        yield not_read(LOG, why, "")
        return
    yield ok(DATABASE, f"{_NAMES[storage.dialect]} answers and is at this release's schema")
    yield from _judge_log(storage, now)


def judge_questions(storage: Reading[Storage]) -> Iterator[Finding]:
    """Say whether GitHub answers what only it can tell, such as whether somebody may write."""
    if isinstance(storage, Unread | Unasked):
        why = Unasked("the database could not be read", "see the database")
        yield not_read(QUESTIONS, why, "")
        return
    failing = storage.failing
    advice = "see the App, its permissions and its installations; it is asked again by itself"
    if failing.waiting:
        found = f"GitHub does not answer {failing.number}, and something waits for"
        yield problem(QUESTIONS, f"{found} {failing.waiting} of them: {failing.error}", advice)
    elif failing.number:
        found = f"GitHub does not answer {failing.number}, for which nothing waits"
        yield warning(QUESTIONS, f"{found}: {failing.error}", advice)
    else:
        yield ok(QUESTIONS, "none fails that GitHub is being asked")


def _storage(dialect: str, connection: Connection) -> Storage:
    found = head(connection)
    last = {event.position: event for event in outlines(connection, max(found.position - 1, 0), 2)}
    return Storage(
        dialect=dialect,
        head=found,
        newest=last.get(found.position),
        behind=last.get(found.position + 1),
        missing_triggers=tuple(missing_triggers(connection)),
        parked=sum(parked.counts(connection).values()),
        failing=failing_questions(connection, _TIMES),
        administrators=len([*administrators.by_setup(connection)]),
        repositories=read_repositories(connection),
    )


def _judge_log(storage: Storage, now: datetime) -> Iterator[Finding]:
    end = storage.head
    if broken := _broken_end(storage):
        yield problem(LOG, broken, _VERIFY, way=_WAY)
    if refused := storage.unappendable:
        advice = refused.advice or "free the lock, the disk's space or the file's permissions"
        yield problem(LOG, f"no event can be appended: {refused.why}", advice)
    if names := storage.missing_triggers:
        yield problem(LOG, f"not protected: {', '.join(names)} missing or off", _VERIFY, way=_WAY)
    if storage.parked:
        found = f"{storage.parked} events could not be digested by a read model"
        yield warning(LOG, found, "GET /api/problems/parked has them; upgrade, then run replay")
    if end.is_ahead_of(now):
        found = f"the newest event is of {end.recorded_at:%F %T} UTC, which is yet to come"
        yield warning(
            LOG,
            found,
            "correct this machine's clock; new events carry that time till then, and where the "
            "clock is right nothing waits longer for it",
        )
    elif not (broken or storage.unappendable or storage.missing_triggers or storage.parked):
        yield ok(LOG, f"{end.position} events, sound at its end")


def _broken_end(storage: Storage) -> str | None:
    end, newest = storage.head, storage.newest
    if storage.behind is not None:
        return f"there are events behind the head at position {end.position}"
    if end.position == 0:
        return None if end.hash == chain.GENESIS else "the log is empty and its head is not"
    if newest is None:
        return f"the newest event, at position {end.position}, is missing"
    if newest.hash != end.hash:
        return f"the head's hash is not that of position {end.position}"
    return None
