"""What stands between a compiled statement and the database's own driver."""

from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine


class DriverCursor:
    """A cursor of the driver's own; what it raises is raised as SQLAlchemy's, which quotes nothing.

    Through SQLAlchemy's, with all that a result may be asked for, one execution takes 60 µs.
    """

    def __init__(self, connection: Connection) -> None:
        if not connection.in_transaction():  # as SQLAlchemy's own begins one
            connection.begin()
        self._connection = connection
        self._cursor = connection.connection.cursor()

    def __enter__(self) -> DBAPICursor:
        return self._cursor

    def __exit__(self, _type: object, error: BaseException | None, _where: object) -> None:
        self._cursor.close()
        dialect = self._connection.dialect
        if error is not None and not isinstance(error, Exception):
            self._connection.invalidate(error)  # cancelled: nobody knows how far it came
        if not isinstance(error, dialect.loaded_dbapi.Error):
            return
        if dialect.is_disconnect(error, self._connection.connection.dbapi_connection, None):
            self._connection.invalidate(error)  # as after a restart of the server
        raise DBAPIError.instance(
            None, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
        ) from error


def implemented(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    """Return a column's type as a database has it."""
    return type_.dialect_impl(dialect)
