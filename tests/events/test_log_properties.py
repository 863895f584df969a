"""Whatever is appended, in whatever order, with restarts and bad clocks: the log stays whole."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from events import read
from events.append import Appended
from events.envelope import Event
from events.log import EventLog
from events.wake import Wake
from runtime.database import Database, open_database
from runtime.verify import verify
from tests.conftest import Clock
from tests.events.builders import an_event

EXAMPLES = {"sqlite": 30, "postgresql": 6}

Ids: TypeAlias = list[int]
# Appends made at the same time, each of one or several events; few ids, hence many duplicates.
Round: TypeAlias = list[Ids]
Step: TypeAlias = Round | timedelta | Literal["restart"]

IDS = st.lists(st.integers(0, 15), min_size=1, max_size=4)
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.lists(IDS, min_size=1, max_size=6)
    | st.timedeltas(timedelta(days=-1), timedelta(days=1))
    | st.just("restart"),
    max_size=12,
)


@dataclass
class History:
    """One run against a database of its own, and what its callers were told."""

    url: str
    clock: Clock = field(default_factory=Clock)
    told: list[list[Appended]] = field(default_factory=list)
    said: int = 0

    async def run(self, steps: list[Step]) -> None:
        database = open_database(self.url)
        for step in steps:
            if step == "restart":
                await database.close()
                database = open_database(self.url)
            elif isinstance(step, timedelta):
                self.clock.now += step
            elif isinstance(step, list):
                await self._append(EventLog(database, self.clock, Wake()), step)
        try:
            await self._check(database)
        finally:
            await database.close()

    async def _append(self, log: EventLog, together: Round) -> None:
        self.told += await asyncio.gather(*(self._one(log, ids) for ids in together))

    async def _one(self, log: EventLog, ids: Ids) -> list[Appended]:
        events = [an_event(id=UUID(int=each), payload=self._another()) for each in ids]
        appended = await log.append(*events)
        assert [each.event.id for each in appended] == [event.id for event in events]
        for each, event in zip(appended, events, strict=True):
            assert each.duplicate or each.event.payload == event.payload
        return appended

    def _another(self) -> str:
        """A payload that no other event has, so that the first of an id can be told."""
        self.said += 1
        return f'{{"said":{self.said}}}'

    async def _check(self, database: Database) -> None:
        log = EventLog(database, self.clock, Wake())
        events = await log.read(0, 1000)
        assert [event.position for event in events] == list(range(1, len(events) + 1))
        self._check_what_was_told(events)
        times = [event.recorded_at for event in events]
        assert times == sorted(times)
        assert await database.read(read.count) == len(events) == (await log.head()).position
        verdict = await verify(database)
        assert verdict.problems == ()
        assert verdict.events == len(events)

    def _check_what_was_told(self, events: list[Event]) -> None:
        """Everybody was told of an event as it stands; one of them that it was new."""
        told = [each for appended in self.told for each in appended]
        assert len({event.id for event in events}) == len(events)
        assert {each.event for each in told} == set(events)
        first = [each.event for each in told if not each.duplicate]
        assert sorted(event.position for event in first) == [event.position for event in events]


def test_the_log_stays_whole(dialect: str, new_database: Callable[[], str]) -> None:
    @settings(
        max_examples=EXAMPLES[dialect],
        database=None,  # the examples of one dialect are none of the other
    )
    @given(STEPS)
    def holds(steps: list[Step]) -> None:
        asyncio.run(History(new_database()).run(steps))

    holds()
