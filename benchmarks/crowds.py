"""One event where there is much of one kind: a large crowd against ten of the same.

``python -m benchmarks.crowds CROWD EVENTS URL URL`` measures over two fresh databases, in a process
of its own, in turn. An event about one of them should not cost what there is besides.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Cost, Line, at_most
from benchmarks.ground import Ground
from benchmarks.issue_story import Lane
from benchmarks.steps import Longest, watched_steps
from events.envelope import NewEvent
from runtime import memory
from runtime.database import open_database
from simulator.payloads import Payload
from tests.conftest import Clock
from tests.databases import SqliteTemplate
from tests.golden.doors import House

Figures = dict[str, object]
Story = Iterator[NewEvent]

SMALL = 10
_WARMING = 5
_FILLED_AT_ONCE = 200
_ISSUE, _PULL = 1, 1_000_001
_STRANGERS = 50_000_000  # where their ids begin


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many there are, what tells of them all, and what then is told of one."""

    size: int
    gather: Callable[["_Repository", int], Story]
    tell: Callable[["_Repository", int], NewEvent]


class _Repository:
    """A repository in which there is much of something."""

    def __init__(self) -> None:
        self.lane = Lane(0)
        self.shapes = self.lane.shapes
        self.random = Random(1)  # noqa: S311
        self.head = self.shapes.sha("head")

    def issue(self, number: int, action: str, **fields: object) -> NewEvent:
        by, at = self.shapes.person, self.lane.now()
        told = {"state": "open", "labels": [], "assignees": [], "title": f"As of {at}"} | fields
        label = told.pop("label", None)
        more = {"label": label} if label else {}
        issue = self.shapes.issue(number, updated_at=at, **told)
        return self.shapes.delivery("issues", action, by, issue=issue, **more)

    def queued(self, number: int, action: str = "edited") -> NewEvent:
        return self.issue(number, action, labels=[self.shapes.label("status:queued")])

    def assigned(self, number: int, action: str = "edited") -> NewEvent:
        return self.issue(number, action, assignees=[self.shapes.copilot])

    def labelled(self, number: int) -> NewEvent:
        label = self.shapes.label(f"area/{number}")
        queued = self.shapes.label("status:queued")
        return self.issue(_ISSUE, "labeled", labels=[queued, label], label=label)

    def checked(self, number: int) -> NewEvent:
        at = self.lane.now()
        run = self.shapes.check(
            id=number,
            name=f"test ({number}, ubuntu-latest)",
            head_sha=self.head,
            started_at=at,
            completed_at=at,
            status="completed",
            conclusion="success",
            check_suite={"id": 1 + number // 256},
        )
        return self.shapes.delivery("check_run", "completed", self.shapes.copilot, check_run=run)

    def reviewed(self, number: int) -> NewEvent:
        by: Payload = self.shapes.person | {"id": _STRANGERS + number, "login": f"passer-{number}"}
        review = self.shapes.review(
            id=number + 1,
            user=by,
            state="approved" if number % 2 else "commented",
            author_association="NONE",
            commit_id=self.head,
            submitted_at=self.lane.now(),
        )
        told = {"review": review, "pull_request": self._whole_pull()}
        return self.shapes.delivery("pull_request_review", "submitted", by, **told)

    def working(self) -> Story:
        """Tell that Copilot works on the issue, with a pull request."""
        yield self.assigned(_ISSUE, "opened")
        pull = self._whole_pull()
        told = {"number": _PULL, "pull_request": pull}
        yield self.shapes.delivery("pull_request", "opened", self.shapes.copilot, **told)

    def _whole_pull(self) -> Payload:
        return self.shapes.pull(
            _PULL,
            self.head,
            state="open",
            draft=False,
            body=f"Fixes #{_ISSUE}",
            user=self.shapes.copilot,
            updated_at=self.lane.now(),
        )


def _queued(repository: _Repository, size: int) -> Story:
    return (repository.queued(number, "opened") for number in range(1, size + 1))


def _assigned(repository: _Repository, size: int) -> Story:
    return (repository.assigned(number, "opened") for number in range(1, size + 1))


def _labelled(repository: _Repository, size: int) -> Story:
    return (repository.labelled(number) for number in range(size))


def _checked(repository: _Repository, size: int) -> Story:
    yield from (repository.checked(number) for number in range(1, size + 1))
    yield from repository.working()


def _reviewed(repository: _Repository, size: int) -> Story:
    yield from (repository.reviewed(number) for number in range(size))
    yield from repository.working()


CROWDS = {
    "queued": Crowd(1000, _queued, lambda it, n: it.queued(it.random.randint(1, n))),
    "assigned": Crowd(1500, _assigned, lambda it, n: it.assigned(it.random.randint(1, n))),
    "labels": Crowd(10_000, _labelled, lambda it, n: it.labelled(it.random.randrange(n))),
    "checks": Crowd(5000, _checked, lambda it, n: it.checked(it.random.randint(1, n))),
    "reviews": Crowd(2000, _reviewed, lambda it, n: it.reviewed(it.random.randrange(n))),
}


def measure(ground: Ground) -> Iterator[Line]:
    """Tell of events where there is much of each kind, and where there is little."""
    for name, crowd in CROWDS.items():
        found = _in_a_process_of_its_own(name, 3 if ground.quick else 40)
        few, many = (
            Cost(processor=each["processor_ms"] / 1000, wall=each["wall_ms"] / 1000)
            for each in (found["few"], found["many"])
        )
        yield Line(
            what=f"one event among {crowd.size:,} {name}",
            figure=found["ratio"],
            unit="times",
            aim=at_most(1.5),
            cost=many,
            against=f"among {SMALL}",
            yardstick=few,
            notes=found,
        )


def _in_a_process_of_its_own(crowd: str, events: int) -> dict[str, Any]:
    with TemporaryDirectory() as name:
        template = SqliteTemplate(Path(name))
        urls = [template.clone(Path(name)) for _ in range(2)]
        command = (sys.executable, "-m", "benchmarks.crowds", crowd, str(events), *urls)
        told = subprocess.run(  # noqa: S603 (our own command)
            command, check=True, capture_output=True, text=True
        ).stdout
    figures: dict[str, Any] = json.loads(told)
    return figures


@dataclass
class _Told:
    """A repository with a crowd, and what it took to tell of one of it, in seconds."""

    house: House
    crowd: Crowd
    size: int
    repository: _Repository = field(default_factory=_Repository)
    processor: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    longest: Longest = field(default_factory=Longest)

    async def fill(self) -> None:
        """Tell of all of it, until nothing more is to be decided."""
        await self.house.prepare()
        told = [*self.repository.lane.begin(), *self.crowd.gather(self.repository, self.size)]
        for start in range(0, len(told), _FILLED_AT_ONCE):
            await self.house.log.append(*told[start : start + _FILLED_AT_ONCE])
            await self.house.project()
        await self._come_to_rest()

    async def tell(self) -> None:
        """Tell of one event, and measure until nothing more follows from it."""
        event = self.crowd.tell(self.repository, self.size)
        with watched_steps() as longest:
            processor, wall = time.process_time(), time.perf_counter()
            await self.house.log.append(event)
            await self._come_to_rest()
            self.processor.append(time.process_time() - processor)
            self.wall.append(time.perf_counter() - wall)
        self.longest.processor = max(self.longest.processor, longest.processor)
        self.longest.wall = max(self.longest.wall, longest.wall)

    async def _come_to_rest(self) -> None:
        await self.house.project()
        while await self.house.conduct():
            await self.house.project()

    def figures(self) -> Figures:
        """Return what an event took, in milliseconds."""
        processor, wall = (
            round(1000 * statistics.median(each[_WARMING:]), 2)
            for each in (self.processor, self.wall)
        )
        return {
            "there_are": self.size,
            "processor_ms": processor,
            "wall_ms": wall,
            "longest_step_ms": self.longest.in_milliseconds(),
        }


async def _measure(crowd: Crowd, events: int, urls: list[str]) -> Figures:
    databases = [open_database(url) for url in urls]
    told = [
        _Told(House(database, Clock()), crowd, size)
        for database, size in zip(databases, (SMALL, crowd.size), strict=True)
    ]
    for each in told:
        await each.fill()
    memory.settle()
    for _ in range(_WARMING + events):
        for each in told:
            await each.tell()
    for database in databases:
        await database.close()
    small, large = (statistics.median(each.processor[_WARMING:]) for each in told)
    return {
        "ratio": round(large / small, 2),
        "few": told[0].figures(),
        "many": told[1].figures(),
        "events": events,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(CROWDS[sys.argv[1]], int(sys.argv[2]), sys.argv[3:]))))
