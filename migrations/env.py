"""How Alembic reaches the database: through the service's own settings and connections.

``runtime.migrate`` hands in a connection with a transaction under way; the ``alembic`` command
has none, so one is opened here.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection

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
    )
    with context.begin_transaction():
        context.run_migrations()


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
