"""The one writer of a process on SQLite: who goes first, who may leave, how it ends."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, text

from runtime.database import Database, open_database

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("dialect", ["sqlite"], indirect=True),
]

PUT = text("INSERT INTO parked_events (projection, position, error) VALUES ('p', :at, 'e')")
POSITIONS = text("SELECT position FROM parked_events ORDER BY position")


def put(connection: Connection, at: int) -> int:
    connection.execute(PUT, {"at": at})
    return at


class Hold:
    """Work that keeps the writer busy until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self, _connection: Connection) -> str:
        self.begun.set()
        self.let_go.wait()
        return "held"


@pytest.fixture
async def held(store: Database) -> tuple[Hold, asyncio.Task[str]]:
    """The writer of the store, busy."""
    hold = Hold()
    task = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(hold.begun.wait)
    return hold, task


Held = tuple[Hold, asyncio.Task[str]]


async def queued(store: Database, *at: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(store.write(lambda c, n=n: put(c, n))) for n in at]  # type: ignore[misc]
    await asyncio.sleep(0)
    return tasks


async def test_an_append_overtakes_the_writes_that_wait(store: Database, held: Held) -> None:
    order: list[str] = []
    tasks: list[asyncio.Task[None]] = []
    for name, run in (("write", store.write), ("write", store.write), ("append", store.append)):
        tasks.append(asyncio.create_task(run(lambda _c, name=name: order.append(name))))  # type: ignore[misc]
        await asyncio.sleep(0)
    held[0].let_go.set()
    await asyncio.gather(*tasks)
    assert order == ["append", "write", "write"]


async def test_a_caller_who_goes_harms_nobody(store: Database, held: Held) -> None:
    hold, holding = held
    gone, staying = await queued(store, 1, 2)
    holding.cancel()
    gone.cancel()
    hold.let_go.set()
    assert await staying == 2
    assert await store.write(lambda c: put(c, 3)) == 3
    assert (gone.cancelled(), holding.cancelled()) == (True, True)


async def test_close_finishes_what_is_queued(
    store: Database, held: Held, database_url: str
) -> None:
    hold, holding = held
    tasks = await queued(store, 1, 2, 3)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    hold.let_go.set()
    await closing
    assert await holding == "held"
    async with asyncio.timeout(10):  # rather than hang
        assert await asyncio.gather(*tasks) == [1, 2, 3]
    with pytest.raises(RuntimeError, match="closed"):
        await store.write(lambda c: put(c, 4))
    again = open_database(database_url)
    assert await again.read(lambda c: c.scalars(POSITIONS).all()) == [1, 2, 3]
    await again.close()
