"""Opening a database as a ``Store``."""

import asyncio
from typing import Protocol

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from events.store import Result, Store, Work
from runtime.database import sqlite
from runtime.database.sqlite import stored_json
from runtime.database.threads import APPEND, OTHER, ReaderThreads, WriterThread
from runtime.database.url import POSTGRES, parse_replica_url, parse_url, sqlite_file

_WAIT_SECONDS = 5
_APPEND_SECONDS = 7  # GitHub waits ten
_SESSION = {
    "application_name": "copilot-orchestrator",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "jit": "off",
    # A process that hangs with the head locked must not stop all the others.
    "idle_in_transaction_session_timeout": "30s",
}


class Database(Store, Protocol):
    """A store that can be closed and says which it is."""

    url: URL

    async def close(self) -> None:
        """Finish what is under way and let go of every connection."""
        ...


class SqliteDatabase:
    """One file: a writer thread, and readers beside it that never block it."""

    dialect = "sqlite"

    def __init__(self, url: URL) -> None:
        self.url = url
        self._writer = WriterThread(sqlite.writing_engine(url))
        self._readers = ReaderThreads(sqlite.reading_engine(url), sqlite.READERS)

    async def append(self, work: Work[Result]) -> Result:
        """Run an append ahead of other writes."""
        return await self._writer.run(APPEND, work)

    async def write(self, work: Work[Result]) -> Result:
        """Run another write in its turn."""
        return await self._writer.run(OTHER, work)

    async def read(self, work: Work[Result]) -> Result:
        """Run reads in one snapshot."""
        return await self._readers.run(work)

    async def close(self) -> None:
        """Finish what is queued and close every connection."""
        await self._readers.close()
        await self._writer.close()


class PostgresDatabase:
    """A pool of connections; PostgreSQL itself makes writers take turns at the head row."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self.url = url
        # Appends have connections of their own: no crowd of readers keeps GitHub waiting.
        self._appends = _postgres_engine(url, pool_size=1, max_overflow=1)
        self._engine = _postgres_engine(url, pool_size=10, max_overflow=10)
        self._readers = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    async def append(self, work: Work[Result]) -> Result:
        """Run an append; raises TimeoutError while GitHub still waits for an answer."""
        async with asyncio.timeout(_APPEND_SECONDS):
            return await _transact(self._appends, work)

    async def write(self, work: Work[Result]) -> Result:
        """Run another write on a connection from the pool."""
        return await _transact(self._engine, work)

    async def read(self, work: Work[Result]) -> Result:
        """Run reads in one snapshot."""
        return await _transact(self._readers, work)

    async def close(self) -> None:
        """Close every connection."""
        await self._appends.dispose()
        await self._engine.dispose()


def open_database(text: str) -> Database:
    """Open the database of a URL; raises DatabaseUrlError. Nothing is connected to yet."""
    url = parse_url(text)
    if url.drivername == POSTGRES:
        return PostgresDatabase(url)
    file = sqlite_file(url)
    if file is not None:
        # The log tells of private repositories: where the folder is ours to make, it is private.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteDatabase(url)


def open_replica(text: str, primary: str) -> Database:
    """Open a replica of a primary for reads; raises DatabaseUrlError unless it can have one."""
    return PostgresDatabase(parse_replica_url(text, primary))


def _postgres_engine(url: URL, pool_size: int, max_overflow: int) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,  # an error would quote the payload
        json_serializer=stored_json,
        isolation_level="READ COMMITTED",  # the head as it is once the lock is ours
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=_WAIT_SECONDS,
        connect_args={"timeout": _WAIT_SECONDS, "server_settings": _SESSION},
    )


async def _transact(engine: AsyncEngine, work: Work[Result]) -> Result:
    async with engine.begin() as connection:
        return await connection.run_sync(_typed(work))


def _typed(work: Work[Result]) -> Work[Result]:
    def call(connection: Connection) -> Result:
        return work(connection)

    return call
