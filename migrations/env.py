"""How Alembic reaches the database: through the service's own settings and connections.

``runtime.migrate`` hands in a connection with a transaction under way; the ``alembic`` command
has none, so one is opened here.
"""

import asyncio
from collections.abc import Callable
from functools import cache

from alembic import context
from sqlalchemy import Connection, inspect

from projections.engine.generations import number_of, plain
from runtime.database import open_database
from runtime.settings import Settings
from runtime.tables import metadata


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=compared(connection),
    )
    with context.begin_transaction():
        context.run_migrations()


def compared(connection: Connection) -> Callable[..., bool]:
    """Say what autogenerate looks at: not what is built beside, nor the numbers of its indexes."""

    @cache  # a migration asks for none of it
    def numbered() -> set[str]:
        inspector = inspect(connection)
        return {
            plain(str(index["name"]))
            for table in inspector.get_table_names()
            for index in inspector.get_indexes(table)
            if number_of(table) is None and number_of(str(index["name"])) is not None
        }

    def include(_thing: object, name: str | None, kind: str, *_more: object) -> bool:
        if name is None or kind not in ("table", "index"):
            return True
        return number_of(name) is None and not (kind == "index" and name in numbered())

    return include


async def migrate_alone() -> None:
    database = open_database(Settings().database_url)
    try:
        await database.write(migrate)
    finally:
        await database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_alone())
