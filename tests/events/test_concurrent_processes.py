"""Several processes append to one log, one of them dies: readers see 1, 2, 3 … all the same."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from uuid import UUID

from events.envelope import Event
from events.log import EventLog
from events.wake import Wake
from runtime.database import open_database
from runtime.verify import verify
from tests.events.builders import an_event

# Processes that a server forks, which has loaded this module: each would take seconds for it.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload([__name__])
PROCESSES = {"postgresql": 3, "sqlite": 2}
EACH = {"postgresql": 150, "sqlite": 60}
SHARED = [UUID(int=n) for n in range(1, 11)]  # ids that every process appends


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[EventLog]:
    database = open_database(url)
    try:
        yield EventLog(database, lambda: datetime.now(UTC), Wake())
    finally:
        await database.close()


def append_in_this_process(url: str, count: int) -> list[int]:
    """Append events, a few at a time, and return the positions they were given."""

    async def work() -> list[int]:
        positions: list[int] = []
        async with opened(url) as log:
            for start in range(0, count, 5):
                new = [an_event() for _ in range(5)]
                if start // 5 < len(SHARED):
                    new[2] = an_event(id=SHARED[start // 5])
                results = await asyncio.gather(*(log.append(event) for event in new))
                positions += [r.event.position for [r] in results if not r.duplicate]
        return positions

    return asyncio.run(work())


def append_until_killed(url: str, acknowledged: Pipe) -> None:
    """Append for ever and tell the id of each event once it is acknowledged."""

    async def work() -> None:
        async with opened(url) as log:
            while True:
                results = await asyncio.gather(*(log.append(an_event()) for _ in range(5)))
                for [result] in results:
                    acknowledged.send(result.event.id)

    asyncio.run(work())


def all_that_is_left(pipe: Pipe) -> Iterator[UUID]:
    with pipe:
        while True:
            try:
                yield pipe.recv()
            except EOFError:
                return


async def tail(url: str, writers: "asyncio.Future[list[list[int]]]") -> list[Event]:
    """Follow the log from a checkpoint, as every reader does, until its writers have ended."""
    seen: list[Event] = []
    async with opened(url) as log:
        while True:
            ended = writers.done()
            found = await log.read(seen[-1].position if seen else 0, 7)
            seen += found
            if ended and not found:
                return seen


async def check_whole(url: str) -> list[Event]:
    database = open_database(url)
    try:
        assert (await verify(database)).problems == ()
    finally:
        await database.close()
    async with opened(url) as log:
        return await log.read(0, 10_000)


def test_a_reader_beside_many_writers_misses_nothing_and_sees_nothing_twice(
    dialect: str, database_url: str
) -> None:
    processes, each = PROCESSES[dialect], EACH[dialect]

    async def work(pool: ProcessPoolExecutor) -> tuple[list[Event], list[list[int]]]:
        loop = asyncio.get_running_loop()
        writers = asyncio.gather(
            *(
                loop.run_in_executor(pool, append_in_this_process, database_url, each)
                for _ in range(processes)
            )
        )
        return await tail(database_url, writers), await writers

    start = FORKED.Barrier(processes, timeout=60)  # nobody begins before all can
    with ProcessPoolExecutor(processes, FORKED, start.wait) as pool:
        seen, told = asyncio.run(work(pool))
    count = processes * each - (processes - 1) * len(SHARED)
    assert [event.position for event in seen] == list(range(1, count + 1))
    assert sorted(position for positions in told for position in positions) == list(
        range(1, count + 1)
    )
    assert len({event.id for event in seen}) == count
    assert asyncio.run(check_whole(database_url)) == seen


def test_what_was_acknowledged_outlives_a_killed_process(database_url: str) -> None:
    receiving, sending = FORKED.Pipe(duplex=False)
    process = FORKED.Process(target=append_until_killed, args=(database_url, sending), daemon=True)
    process.start()
    sending.close()
    acknowledged = {receiving.recv() for _ in range(42)}
    process.kill()
    process.join()
    acknowledged |= set(all_that_is_left(receiving))
    events = asyncio.run(check_whole(database_url))
    assert acknowledged <= {event.id for event in events}

    async def one_more() -> int:
        async with opened(database_url) as log:
            [appended] = await log.append(an_event())
        return appended.event.position

    assert asyncio.run(one_more()) == len(events) + 1
