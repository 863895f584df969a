"""Whether the triggers that keep the log as it is are still there and on."""

from sqlalchemy import Connection, text

_EXPECTED = {
    "sqlite": {
        "events_refuse_update",
        "events_refuse_delete",
        "events_refuse_replace",
        "log_head_refuse_rewind",
        "log_head_refuse_delete",
        "log_head_refuse_insert",
    },
    "postgresql": {
        "events_refuse_change",
        "log_head_refuse_rewind",
        "log_head_refuse_change",
    },
}
_PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
}


def missing_triggers(connection: Connection) -> list[str]:
    """Return the names of triggers that are absent, or on PostgreSQL not ENABLE ALWAYS."""
    dialect = connection.dialect.name
    present = set(connection.scalars(text(_PRESENT[dialect])))
    return sorted(_EXPECTED[dialect] - present)
