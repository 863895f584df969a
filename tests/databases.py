"""Fresh migrated databases, cloned from one that was migrated once."""

import asyncio
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from runtime.database import open_database
from runtime.migrate import migrate

_number = count(1)


def migrated(url: str) -> str:
    """Migrate the database of a URL and return the URL."""

    async def work() -> None:
        database = open_database(url)
        try:
            await migrate(database)
        finally:
            await database.close()

    asyncio.run(work())
    return url


class SqliteTemplate:
    """Clones a migrated file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        migrated(sqlite_url(self._file))

    def clone(self, folder: Path) -> str:
        file = folder / f"log-{next(_number)}.db"
        shutil.copyfile(self._file, file)
        return sqlite_url(file)


class PostgresTemplate:
    """Clones a migrated database of a server."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None
        self._name = f"orchestrator_template_{next(_number)}"
        self.execute(f"CREATE DATABASE {self._name}")
        migrated(self._url(self._name))

    def clone(self, _folder: Path) -> str:
        return self.create(f"TEMPLATE {self._name} STRATEGY FILE_COPY")

    def create(self, options: str = "") -> str:
        name = f"orchestrator_test_{next(_number)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        return self._url(name)

    def drop(self, url: str) -> None:
        self.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def drop_template(self) -> None:
        """Drop it, and let go of the server."""
        self.execute(f"DROP DATABASE {self._name} WITH (FORCE)")
        if self._connection is not None:
            self._runner.run(self._connection.close())
        self._runner.close()

    def execute(self, statement: str) -> None:
        """Execute a statement, by one connection for all tests: to connect takes longer."""
        self._runner.run(self._execute(statement))

    async def _execute(self, statement: str) -> None:
        if self._connection is None:
            dsn = make_url(self._server).set(drivername="postgresql")
            self._connection = await asyncpg.connect(dsn.render_as_string(hide_password=False))
        await self._connection.execute(statement)

    def _url(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)


def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


async def execute(server: str, statement: str) -> None:
    dsn = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


Clone = Callable[[Path], str]
