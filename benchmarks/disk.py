"""What a database keeps on disk: of the log and of all read models, rows and indexes apart."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, make_url, text

from runtime.database import open_database

LOG = "events"
# Summed here: what ``dbstat`` adds up by itself overflows from 2 GiB of a table on.
_SQLITE = (
    "SELECT coalesce(m.tbl_name, s.name), m.type = 'index', sum(s.pgsize)"
    " FROM dbstat s LEFT JOIN sqlite_master m ON m.name = s.name GROUP BY s.name"
)
_POSTGRESQL = (
    "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)

Sizes = dict[str, int]


async def sizes(url: str) -> Sizes:
    """Return bytes by what they are for: rows and indexes, of the log and of read models.

    Of SQLite, an index that a primary key or a UNIQUE made counts as one.
    """
    return _of_sqlite(url) if url.startswith("sqlite") else await _of_postgresql(url)


def _of_sqlite(url: str) -> Sizes:
    found: Sizes = defaultdict(int)
    with closing(sqlite3.connect(Path(make_url(url).database or ""))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for table, is_index, size in connection.execute(_SQLITE):
            found[_place(table, is_index=bool(is_index))] += size
    return dict(found)


async def _of_postgresql(url: str) -> Sizes:
    database, found = open_database(url), defaultdict[str, int](int)

    def read(connection: Connection) -> None:
        for table, rows, indexes in connection.execute(text(_POSTGRESQL)):
            found[_place(table, is_index=False)] += rows
            found[_place(table, is_index=True)] += indexes

    try:
        await database.read(read)
    finally:
        await database.close()
    return dict(found)


def _place(table: str, *, is_index: bool) -> str:
    whose = "the log" if table == LOG else "read models"
    return f"{whose}, {'indexes' if is_index else 'rows'}"
