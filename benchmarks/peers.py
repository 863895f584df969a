"""Appending and projecting, against what others do with the same events on SQLite.

``python -m benchmarks.peers WORK EVENTS FOLDER`` does one thing in a process of its own and prints
what it took. The peers are the library ``eventsourcing`` and, for what cannot be undercut, rows
handed to ``sqlite3`` by ``executemany``. All of them flush when they commit.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import filling
from benchmarks.figures import Cost, Line
from benchmarks.ground import Ground
from benchmarks.history import happenings
from events.envelope import NewEvent
from events.log import EventLog
from events.wake import Wake
from runtime.clock import now
from runtime.database import open_database
from tests.databases import migrated, sqlite_url

BATCH = filling.AT_ONCE
_FLUSHING = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
_TABLE = (
    "CREATE TABLE events (position INTEGER PRIMARY KEY, id TEXT UNIQUE, source TEXT, type TEXT,"
    " action TEXT, repository_id INTEGER, payload TEXT)"
)

Work = Callable[[Sequence[NewEvent], Path], None]


def measure(ground: Ground) -> Iterator[Line]:
    """Do everything in turn."""
    singly, many = (50, 250) if ground.quick else (500, 3_000)
    with TemporaryDirectory() as name:
        ours = _run("ours_singly", singly, Path(name) / "a")
        batches = _run("ours_in_batches", many, Path(name) / "b")
        replayed = _run("ours_projected", many, Path(name) / "b")
        raw = _run("raw_in_batches", many, Path(name) / "c")
        yield _line(f"append, {BATCH} at once", batches, "raw `executemany`", raw)
        if find_spec("eventsourcing") is None:
            return
        peer = "`eventsourcing`"
        yield _line("append, one by one", ours, peer, _run("peer_singly", singly, Path(name) / "d"))
        theirs = _run("peer_in_batches", many, Path(name) / "e")
        yield _line(f"append, {BATCH} at once", batches, peer, theirs)
        counted = _run("peer_projected", many, Path(name) / "e")
        yield _line("every read model", replayed, f"{peer}'s runner, which only counts", counted)


def _line(what: str, ours: Cost, against: str, theirs: Cost) -> Line:
    return Line(
        what=f"{what}, sqlite",
        figure=theirs.processor / ours.processor,
        cost=ours,
        against=against,
        yardstick=theirs,
    )


def _run(work: str, events: int, folder: Path) -> Cost:
    folder.mkdir(exist_ok=True)
    command = (sys.executable, "-m", "benchmarks.peers", work, str(events), str(folder))
    told = subprocess.run(  # noqa: S603 (our own command)
        command, check=True, capture_output=True, text=True
    ).stdout
    return Cost(**json.loads(told))


def main() -> None:
    """Do one thing, and print what each event took."""
    work, events, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    told = list(islice(happenings(), events))
    if not work.endswith("_projected") and work.startswith("ours"):
        migrated(sqlite_url(folder / "log.db"))
    do = _works()[work]
    processor, wall = time.process_time(), time.perf_counter()
    do(told, folder)
    took = {"processor": time.process_time() - processor, "wall": time.perf_counter() - wall}
    print(json.dumps({name: each / events for name, each in took.items()}))


def _works() -> dict[str, Work]:
    ours: dict[str, Work] = {
        "ours_singly": _ours_singly,
        "ours_in_batches": _in_batches,
        "ours_projected": lambda _told, folder: filling.project(sqlite_url(folder / "log.db")),
        "raw_in_batches": _raw_in_batches,
    }
    if find_spec("eventsourcing") is None:
        return ours
    from benchmarks import eventsourcing_peer as peer  # noqa: PLC0415 (only the bench installs it)

    return ours | {
        "peer_singly": lambda told, folder: peer.append(told, folder, 1),
        "peer_in_batches": lambda told, folder: peer.append(told, folder, BATCH),
        "peer_projected": lambda _told, folder: _counted(peer.project(folder)),
    }


def _counted(events: int) -> None:
    assert events > 0, "the runner saw nothing"


def _in_batches(told: Sequence[NewEvent], folder: Path) -> None:
    filling.append(sqlite_url(folder / "log.db"), told)


def _ours_singly(told: Sequence[NewEvent], folder: Path) -> None:
    async def work() -> None:
        database = open_database(sqlite_url(folder / "log.db"))
        try:
            log = EventLog(database, now, Wake())
            for event in told:
                await log.append(event)
        finally:
            await database.close()

    asyncio.run(work())


def _raw_in_batches(told: Sequence[NewEvent], folder: Path) -> None:
    with closing(sqlite3.connect(folder / "raw.db", isolation_level=None)) as connection:
        connection.executescript(_FLUSHING + _TABLE)
        for start in range(0, len(told), BATCH):
            rows = [
                (str(e.id), e.source, e.type, e.action, e.repository_id, e.payload)
                for e in told[start : start + BATCH]
            ]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?)", rows)
            connection.execute("COMMIT")


if __name__ == "__main__":
    main()
