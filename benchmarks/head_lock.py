"""What one lock on the log's head allows on one PostgreSQL: ``python -m benchmarks.head_lock``.

Processes append deliveries beside one another, each through its own appender, on a server that
flushes. They are compared, in the same run, with the same payloads inserted into a table without
head, chain or order, a commit each: what a log without one order could do here. The server and all
who write share the machine, so that what is measured is the least that the lock allows. Processor
time is that of the writers and of the server together; it is steadier than the rates.
"""

import asyncio
import json
import multiprocessing
import os
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url

from events.delivery import delivery_event
from events.log import EventLog
from events.wake import Wake
from runtime.clock import now
from runtime.database import open_database
from simulator.delivery import headers
from simulator.payloads import a_repository
from simulator.payloads.deliveries import issues
from tests.databases import migrated
from tests.postgres import running_postgres

_SECONDS = 4.0
_SPAWN = multiprocessing.get_context("spawn")
_BODY = 5700  # bytes, as a lively history's deliveries have on average
_CONNECTIONS = 8  # of each process that inserts loose rows; more made it slower here
_TABLE = "CREATE TABLE loose (id uuid PRIMARY KEY, payload text NOT NULL)"
_PROCESS = "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)"
_INSERT = "INSERT INTO loose (id, payload) VALUES ($1, $2)"

_Work = Callable[[str, int], tuple[int, float]]


def main() -> None:
    """Print a row for each number of processes and of appends under way in each."""
    with running_postgres(durable=True) as url:
        migrated(url)
        asyncio.run(_execute(url, _TABLE))
        server = asyncio.run(_execute(url, _PROCESS))
        print("| processes, appends in each | appended/s | loose/s | ratio | µs | loose µs |")
        print("|---|---|---|---|---|---|")
        for processes, waiting in ((1, 1), (1, 32), (2, 32), (4, 32)):
            loose = _measured(_insert_loose, url, int(server), (processes, waiting))
            appended = _measured(_append, url, int(server), (processes, waiting))
            rates = f"{appended.rate:,.0f} | {loose.rate:,.0f} | {appended.rate / loose.rate:.2f}"
            each = f"{appended.processor:,.0f} | {loose.processor:,.0f}"
            print(f"| {processes}, {waiting} | {rates} | {each} |")


@dataclass(frozen=True, slots=True)
class _Figure:
    """Rows a second, and the processor time of each in microseconds, the server's with it."""

    rate: float
    processor: float


async def _execute(url: str, statement: str) -> str:
    connection = await asyncpg.connect(_dsn(url))
    try:
        return str(await connection.fetchval(statement))
    finally:
        await connection.close()


def _measured(work: _Work, url: str, server: int, size: tuple[int, int]) -> _Figure:
    processes, waiting = size
    start = _SPAWN.Barrier(processes, timeout=120)  # nobody begins before all can
    before = _used_by(server)
    with ProcessPoolExecutor(processes, _SPAWN, start.wait) as pool:
        found = list(pool.map(work, [url] * processes, [waiting] * processes))
    rows = sum(done for done, _ in found)
    used = sum(seconds for _, seconds in found) + _used_by(server) - before
    return _Figure(rows / _SECONDS, 1e6 * used / rows)


def _used_by(server: int) -> float:
    """Return the processor seconds of a server and of its connections that have ended."""
    fields = Path(f"/proc/{server}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _append(url: str, waiting: int) -> tuple[int, float]:
    async def work() -> tuple[int, float]:
        database = open_database(url)
        log = EventLog(database, now, Wake())

        async def one() -> None:
            delivery = next(deliveries)
            await log.append(delivery_event(*delivery, None))

        deliveries = _deliveries()
        try:
            return await _count(one, waiting)
        finally:
            await database.close()

    return asyncio.run(work())


def _insert_loose(url: str, waiting: int) -> tuple[int, float]:
    async def work() -> tuple[int, float]:
        pool = await asyncpg.create_pool(_dsn(url), min_size=1, max_size=min(waiting, _CONNECTIONS))

        async def one() -> None:
            await pool.execute(_INSERT, uuid4(), payload)

        payload = next(_deliveries())[1].decode()
        try:
            return await _count(one, waiting)
        finally:
            await pool.close()

    return asyncio.run(work())


async def _count(one: Callable[[], Awaitable[None]], waiting: int) -> tuple[int, float]:
    """Do so many at once, over and over; count what is done in time, and its processor time."""
    done, before = 0, process_time()

    async def again(until: float) -> None:
        nonlocal done
        while perf_counter() < until:
            await one()
            done += 1

    until = perf_counter() + _SECONDS
    await asyncio.gather(*(again(until) for _ in range(waiting)))
    return done, process_time() - before


def _deliveries() -> Iterator[tuple[dict[str, str], bytes]]:
    body = json.dumps(issues(repository=a_repository()))
    body = body[:-1] + ', "padding": "' + "x" * max(0, _BODY - len(body)) + '"}'
    while True:
        sent = headers("issues", str(uuid4()), body.encode(), "secret")
        yield {name.lower(): value for name, value in sent.items()}, body.encode()


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
