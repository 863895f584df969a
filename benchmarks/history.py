"""A lively history: ten lanes in which issues are opened, worked on, reviewed and merged.

Deliveries in GitHub's shapes and our own events as the service would have written them; the same
for the same length, to the byte. It is written once and kept for the next measurement.
"""

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

from benchmarks.filling import AT_ONCE, append, project
from benchmarks.issue_story import Lane, issue_story
from events.envelope import NewEvent
from tests.databases import migrated, sqlite_url

LANES = 10
_OF_A_LANE = 4  # issues of a lane in which something happens
_ROOT = Path(__file__).parents[1]
_KEPT = _ROOT / ".histories"
_MADE_BY = ("benchmarks/history.py", "benchmarks/issue_story.py", "benchmarks/shapes.py")


@dataclass
class Ticking:
    """A clock that goes on whenever it is asked, from the time at which the stories begin."""

    step: timedelta = timedelta(seconds=2 * AT_ONCE)  # the log asks once a batch
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        """Return the next time."""
        self.now += self.step
        return self.now


@contextmanager
def lively(events: int) -> Iterator[Path]:
    """Give a SQLite database of its own with so many events and nothing projected."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "history.db"
        shutil.copyfile(kept(events), copy)
        yield copy


def kept(events: int, lanes: int = LANES) -> Path:
    """Return a file with such a history that others read, too: written once, and not to change."""
    file = _KEPT / f"{_digest()}-{events}-in-{lanes}.db"
    if not file.exists():
        _KEPT.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=_KEPT) as folder:
            made = Path(folder) / "made.db"
            append(migrated(sqlite_url(made)), islice(happenings(lanes), events), Ticking())
            made.replace(file)
    return file


@contextmanager
def projected(events: int) -> Iterator[str]:
    """Give the URL of such a database with every read model at the head of its log."""
    with lively(events) as file:
        project(sqlite_url(file))
        yield sqlite_url(file)


def happenings(lanes: int = LANES, seed: int = 1) -> Iterator[NewEvent]:
    """Yield what happens, without an end; in each lane several issues are worked on at once."""
    random = Random(seed)  # noqa: S311 (no secret)
    repositories = [Lane(number) for number in range(lanes)]
    for lane in repositories:
        yield from lane.begin()
    stories = [[issue_story(lane, random) for _ in range(_OF_A_LANE)] for lane in repositories]
    while True:
        which = random.randrange(lanes)
        place = random.randrange(_OF_A_LANE)
        told = next(stories[which][place], None)
        if told is None:
            stories[which][place] = issue_story(repositories[which], random)
        else:
            yield told


def beginnings() -> list[NewEvent]:
    """Return what holds before anything happens: the rules of each lane, and who acts."""
    return [event for number in range(LANES) for event in Lane(number).begin()]


def _digest() -> str:
    """Return what tells a history that was written by other code, or for another schema."""
    made_by = b"".join((_ROOT / name).read_bytes() for name in _MADE_BY)
    schema = sorted(file.name for file in (_ROOT / "migrations" / "versions").glob("*.py"))
    return hashlib.sha256(made_by + repr(schema).encode()).hexdigest()[:12]
