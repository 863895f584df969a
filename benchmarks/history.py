"""A lively history: ten lanes in which issues are opened, worked on, reviewed and merged.

Deliveries in GitHub's shapes and our own events as the service would have written them; the same
for the same length, to the byte. It is written once and kept for the next measurement.
"""

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.issue_story import Lane, issue_story
from events.envelope import NewEvent
from events.log import EventLog
from events.wake import Wake
from runtime.database import open_database
from tests.databases import migrated, sqlite_url

LANES = 10
_AT_ONCE = 4  # issues of a lane in which something happens
_APPENDED_AT_ONCE = 500
_ROOT = Path(__file__).parents[1]
_KEPT = _ROOT / ".histories"
_MADE_BY = ("benchmarks/history.py", "benchmarks/issue_story.py", "benchmarks/shapes.py")


@dataclass
class _Clock:
    """Goes on by two seconds with every batch, from the time at which the stories begin."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def lively(events: int) -> Iterator[Path]:
    """Give a SQLite database of its own with so many events and nothing projected."""
    kept = _KEPT / f"{_digest()}-{events}.db"
    if not kept.exists():
        _KEPT.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=_KEPT) as folder:
            made = Path(folder) / "made.db"
            asyncio.run(_write(migrated(sqlite_url(made)), events))
            made.replace(kept)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "history.db"
        shutil.copyfile(kept, copy)
        yield copy


def happenings(seed: int = 1) -> Iterator[NewEvent]:
    """Yield what happens, without an end; in each lane several issues are worked on at once."""
    random = Random(seed)  # noqa: S311 (no secret)
    lanes = [Lane(number) for number in range(LANES)]
    for lane in lanes:
        yield from lane.begin()
    stories = [[issue_story(lane, random) for _ in range(_AT_ONCE)] for lane in lanes]
    while True:
        which = random.randrange(LANES)
        place = random.randrange(_AT_ONCE)
        told = next(stories[which][place], None)
        if told is None:
            stories[which][place] = issue_story(lanes[which], random)
        else:
            yield told


def beginnings() -> list[NewEvent]:
    """Return what holds before anything happens: the rules of each lane, and who acts."""
    return [event for number in range(LANES) for event in Lane(number).begin()]


async def _write(url: str, events: int) -> None:
    """Append in batches, so that little is in memory, until the log has so many events."""
    database, clock = open_database(url), _Clock()
    try:
        log, told = EventLog(database, clock, Wake()), islice(happenings(), events)
        while batch := list(islice(told, _APPENDED_AT_ONCE)):
            await log.append(*batch)
            clock.now += timedelta(seconds=2 * len(batch))
    finally:
        await database.close()


def _digest() -> str:
    """Return what tells a history that was written by other code, or for another schema."""
    made_by = b"".join((_ROOT / name).read_bytes() for name in _MADE_BY)
    schema = sorted(file.name for file in (_ROOT / "migrations" / "versions").glob("*.py"))
    return hashlib.sha256(made_by + repr(schema).encode()).hexdigest()[:12]
