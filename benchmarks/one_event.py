"""One event about one issue, from its append to rows and decisions: in a large lane and a small.

``python -m benchmarks.one_event EVENTS URL URL`` measures over two fresh databases, in a process of
its own, in turn: what one event costs should not hang on how much else its lane holds.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.figures import Cost, Line, at_most
from benchmarks.ground import Ground
from benchmarks.issue_story import Lane
from benchmarks.steps import Longest, longest_step, watched_steps
from events.envelope import NewEvent
from runtime import memory
from runtime.database import open_database
from tests.conftest import Clock
from tests.databases import SqliteTemplate
from tests.golden.doors import House

Figures = dict[str, object]

SMALL, LARGE = 10, 1000  # open queued issues
_WARMING = 5
_FILLED_AT_ONCE = 200


def measure(ground: Ground) -> Iterator[Line]:
    """Tell lanes of each size of events about one issue, and compare."""
    with TemporaryDirectory() as name:
        template = SqliteTemplate(Path(name))
        urls = [template.clone(Path(name)) for _ in range(2)]
        events = 3 if ground.quick else 40
        command = (sys.executable, "-m", "benchmarks.one_event", str(events), *urls)
        told = subprocess.run(  # noqa: S603 (our own command)
            command, check=True, capture_output=True, text=True
        ).stdout
    found = json.loads(told)
    yield Line(
        what=f"one event, lane of {LARGE:,} queued issues against one of {SMALL}",
        figure=found["ratio"],
        unit="times",
        aim=at_most(1.5),
        cost=Cost(processor=found["large_lane_ms"] / 1000),
        against=f"a lane of {SMALL}",
        yardstick=Cost(processor=found["small_lane_ms"] / 1000),
        notes=found,
    )
    yield longest_step("its longest step on the event loop", found["longest_step_ms"])


@dataclass
class _Told:
    """A lane with open queued issues, and what it took to tell it of something."""

    house: House
    lane: Lane
    size: int
    seconds: list[float] = field(default_factory=list)
    longest: Longest = field(default_factory=Longest)

    async def fill(self) -> None:
        """Open the issues, all queued, in a lane in which nothing more is to be decided."""
        await self.house.prepare()
        told = [*self.lane.begin(), *(self._issue(number, "opened") for number in self._numbers())]
        for start in range(0, len(told), _FILLED_AT_ONCE):
            await self.house.log.append(*told[start : start + _FILLED_AT_ONCE])
        await self._come_to_rest()

    async def tell(self, random: Random) -> None:
        """Tell of one event, and measure until nothing more follows from it."""
        event = self._issue(random.randint(1, self.size), "edited")
        with watched_steps() as longest:
            started = time.process_time()
            await self.house.log.append(event)
            await self._come_to_rest()
            self.seconds.append(time.process_time() - started)
        self.longest.processor = max(self.longest.processor, longest.processor)
        self.longest.wall = max(self.longest.wall, longest.wall)

    async def _come_to_rest(self) -> None:
        await self.house.project()
        while await self.house.conduct():
            await self.house.project()

    def _numbers(self) -> range:
        return range(1, self.size + 1)

    def _issue(self, number: int, action: str) -> NewEvent:
        shapes, at = self.lane.shapes, self.lane.now()
        labels = [shapes.label("status:queued")]
        issue = shapes.issue(
            number, state="open", labels=labels, title=f"As of {at}", updated_at=at, assignees=[]
        )
        return shapes.delivery("issues", action, shapes.person, issue=issue)


async def _measure(events: int, urls: list[str]) -> Figures:
    random, databases = Random(1), [open_database(url) for url in urls]  # noqa: S311
    told = [
        _Told(House(database, Clock()), Lane(0), size)
        for database, size in zip(databases, (SMALL, LARGE), strict=True)
    ]
    for each in told:
        await each.fill()
    memory.settle()
    for _ in range(_WARMING + events):
        for each in told:
            await each.tell(random)
    for database in databases:
        await database.close()
    small, large = (statistics.median(each.seconds[_WARMING:]) for each in told)
    return {
        "ratio": round(large / small, 2),
        "small_lane_ms": round(1000 * small, 2),
        "large_lane_ms": round(1000 * large, 2),
        "longest_step_ms": told[1].longest.in_milliseconds(),
        "longest_step_in_small_lane_ms": told[0].longest.in_milliseconds(),
        "events": events,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(int(sys.argv[1]), sys.argv[2:]))))
