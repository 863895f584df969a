"""Connections to one SQLite file: what each must be told before it is used.

SQLAlchemy's documentation of the pysqlite driver tells why transactions are begun by us.
"""

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import orjson
from pydantic import BaseModel
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from runtime.private_files import keep_database_private, make_private_file

READERS = 8  # side by side in one process; more would only wait for the interpreter
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
_READING = (
    "PRAGMA query_only=ON",
    "PRAGMA schema_version",  # reads the file, and says so where it is no database
)


def writing_engine(url: URL) -> Engine:
    """Make an engine whose transactions take SQLite's one write lock at their beginning."""
    return _engine(url, 1, (*_EVERY, *_WRITING), "BEGIN IMMEDIATE")


def reading_engine(url: URL) -> Engine:
    """Make an engine whose transactions see one snapshot and cannot write."""
    return _engine(url, READERS, (*_EVERY, *_READING), "BEGIN")


def _engine(url: URL, connections: int, pragmas: tuple[str, ...], begin: str) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,  # an error would quote the payload
        json_serializer=stored_json,
        pool_size=connections,
        max_overflow=0,
    )
    _prepare(engine, Path(url.database or ""), pragmas, begin)
    return engine


def _prepare(engine: Engine, file: Path, pragmas: tuple[str, ...], begin: str) -> None:
    def connecting(*_sqlalchemys: object) -> None:
        make_private_file(file)

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # no BEGIN behind our back
        cursor = connection.cursor()
        for pragma in pragmas:
            _execute(cursor, pragma)
        cursor.close()
        keep_database_private(file)

    def began(connection: Connection) -> None:
        _begin(connection, begin)

    event.listen(engine, "do_connect", connecting)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)


def _execute(cursor: sqlite3.Cursor, pragma: str) -> None:
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


def _begin(connection: Connection, begin: str) -> None:
    """Begin a transaction by the driver itself: through SQLAlchemy's own cursor it took 60 µs."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (for the type checker; a connection that begins has one)
    try:
        driver.execute(begin)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            begin, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def stored_json(value: object) -> str:
    """Write a column's value; a model is the object of its fields, a time is as Python writes it.

    What JSON can say and orjson cannot (a number beyond 64 bits, half of a surrogate pair) is
    written all the same, only slower.
    """
    try:
        return orjson.dumps(value, default=_plain).decode()
    except TypeError:
        return json.dumps(value, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return vars(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")
