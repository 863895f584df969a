"""Connections to one SQLite file: what each must be told before it is used.

SQLAlchemy's documentation of the pysqlite driver tells why transactions are begun by us.
"""

import sqlite3
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_SECONDS = 5.0  # GitHub waits ten for its answer
_RETRY_SECONDS = 0.01

_EVERY = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)
# FULL flushes the write-ahead log at every commit; fullfsync makes macOS really do it. Flushing
# the log into the database file is put off to some 16 MB, since appends wait while it is done.
_WRITING = (
    "PRAGMA page_size=8192",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",
    "PRAGMA wal_autocheckpoint=2000",
)
_READING = ("PRAGMA query_only=ON",)


def writing_engine(url: URL) -> Engine:
    """Make an engine whose transactions take SQLite's one write lock at their beginning."""
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # an error would quote the payload
        pool_size=1,
        max_overflow=0,
    )
    _prepare(engine, (*_EVERY, *_WRITING), "BEGIN IMMEDIATE")
    return engine


def reading_engine(url: URL) -> AsyncEngine:
    """Make an engine whose transactions see one snapshot and cannot write."""
    engine = create_async_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
        pool_size=4,
        max_overflow=12,
    )
    _prepare(engine.sync_engine, (*_EVERY, *_READING), "BEGIN")
    return engine


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 (either driver's)
        connection.isolation_level = None  # no BEGIN behind our back
        cursor = connection.cursor()
        for pragma in pragmas:
            _execute(cursor, pragma)
        cursor.close()

    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)


def _execute(cursor: Any, pragma: str) -> None:  # noqa: ANN401 (either driver's)
    """Run a pragma, again while the file is locked: changing to WAL does not wait by itself."""
    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(_RETRY_SECONDS)
        else:
            return
