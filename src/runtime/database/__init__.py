"""SQLite or PostgreSQL behind the one ``Store`` that the other rooms know."""

from runtime.database.open import Database, open_database, open_replica

__all__ = ["Database", "open_database", "open_replica"]
