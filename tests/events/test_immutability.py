"""The log refuses every way of changing it, on both databases."""

import re

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from events.log import EventLog
from events.table import missing_triggers
from runtime.database import Database
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio

# Every column, copied from the first event but for what is named.
COLUMNS = """source, type, action, schema_version, installation_id, repository_id, actor_id,
    actor_login, subject_kind, subject_number, head_sha, occurred_at, recorded_at, causation_id,
    correlation_id, headers, payload, payload_sha256, hash"""
COPY = (
    f"INTO events (position, id, {COLUMNS}) SELECT {{}}, {COLUMNS} FROM events WHERE position = 1"  # noqa: S608
)
OTHER_ID = {
    "sqlite": "'00000000000000000000000000000009'",
    "postgresql": "'00000000-0000-0000-0000-000000000009'",
}

ON_BOTH = {
    "update": "UPDATE events SET payload = '{}' WHERE position = 2",
    "update of nothing new": "UPDATE events SET payload = payload",
    "update of the key": "UPDATE events SET position = 9 WHERE position = 2",
    "delete": "DELETE FROM events WHERE position = 2",
    "delete of all": "DELETE FROM events",
    "upsert by position": f"INSERT {COPY.format('1, {other}')}"
    " ON CONFLICT (position) DO UPDATE SET payload = 'x'",
    "upsert by id": f"INSERT {COPY.format('9, id')} ON CONFLICT (id) DO UPDATE SET type = 'x'",
    "a taken position": f"INSERT {COPY.format('1, {other}')}",
    "a taken id": f"INSERT {COPY.format('9, id')}",
    "the head rewound": "UPDATE log_head SET position = position - 1",
    "the head renamed": "UPDATE log_head SET id = 2",
    "the head deleted": "DELETE FROM log_head",
    "a second head": "INSERT INTO log_head (id, position, recorded_at, hash)"
    " SELECT 2, position, recorded_at, hash FROM log_head",
    "the head upserted": "INSERT INTO log_head (id, position, recorded_at, hash)"
    " SELECT id, 0, recorded_at, hash FROM log_head WHERE true"
    " ON CONFLICT (id) DO UPDATE SET position = 0",
}
ON_SQLITE = {
    "replace by position": f"INSERT OR REPLACE {COPY.format('1, {other}')}",
    "replace by id": f"REPLACE {COPY.format('9, id')}",
    "insert or ignore": f"INSERT OR IGNORE {COPY.format('1, {other}')}",
    "update or replace": "UPDATE OR REPLACE events SET position = 1 WHERE position = 2",
    "update by rowid": "UPDATE events SET rowid = 9 WHERE rowid = 2",
    "update or ignore": "UPDATE OR IGNORE events SET payload = '{}'",
    "the head replaced": "INSERT OR REPLACE INTO log_head (id, position, recorded_at, hash)"
    " SELECT id, 0, recorded_at, hash FROM log_head",
    "the head updated or replaced": "UPDATE OR REPLACE log_head SET position = 0",
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE events",
    "truncate of everything": "TRUNCATE events, log_head CASCADE",
    "the head truncated": "TRUNCATE log_head",
    "merge": "MERGE INTO events USING (SELECT 1 AS p) AS s ON position = p"
    " WHEN MATCHED THEN UPDATE SET payload = 'x'",
    "update with a condition never met": "UPDATE events SET payload = '' WHERE false",
}
STATEMENTS = {"sqlite": ON_BOTH | ON_SQLITE, "postgresql": ON_BOTH | ON_POSTGRESQL}


async def execute(store: Database, *statements: str) -> None:
    def work(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("{other}", OTHER_ID[store.dialect]))

    await store.write(work)


async def state(store: Database) -> list[object]:
    """All that the two tables hold."""

    def work(connection: Connection) -> list[object]:
        rows = connection.execute(text("SELECT * FROM events ORDER BY position")).all()
        return [*rows, *connection.execute(text("SELECT * FROM log_head")).all()]

    return await store.read(work)


async def check_refused(store: Database, name: str, *statements: str) -> None:
    before = await state(store)
    try:
        await execute(store, *statements)
    except IntegrityError as error:
        assert re.search("append-only|duplicate key", str(error)), name  # noqa: PT017 (named)
    else:
        pytest.fail(f"{name} was not refused")
    assert await state(store) == before, name


async def test_every_way_of_changing_the_log_is_refused(log: EventLog, store: Database) -> None:
    await log.append(an_event(), an_event(), an_event())
    for name, statement in STATEMENTS[store.dialect].items():
        await check_refused(store, name, statement)
    [appended] = await log.append(an_event())
    assert appended.event.position == 4


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_replicas_role_gets_past_no_trigger(log: EventLog, store: Database) -> None:
    await log.append(an_event(), an_event(), an_event())
    for name in ("update", "delete", "truncate", "the head rewound", "the head deleted"):
        as_replica = "SET LOCAL session_replication_role = replica"
        await check_refused(store, name, as_replica, STATEMENTS["postgresql"][name])


async def test_a_migrated_database_misses_no_trigger(store: Database) -> None:
    assert await store.read(missing_triggers) == []


async def test_every_dropped_trigger_is_missed(store: Database) -> None:
    by_dialect = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
        " WHERE NOT tgisinternal",
    }
    triggers = await store.read(lambda c: c.execute(text(by_dialect[store.dialect])).all())
    assert len(triggers) == {"sqlite": 6, "postgresql": 3}[store.dialect]
    dropped: list[str] = []
    for name, table in triggers:
        on_table = "" if store.dialect == "sqlite" else f" ON {table}"
        await execute(store, f"DROP TRIGGER {name}{on_table}")
        dropped.append(name)
        assert await store.read(missing_triggers) == sorted(dropped)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_trigger_that_does_not_always_fire_is_missed(store: Database) -> None:
    for mode in ("DISABLE", "ENABLE", "ENABLE REPLICA"):
        await execute(store, f"ALTER TABLE events {mode} TRIGGER events_refuse_change")
        assert await store.read(missing_triggers) == ["events_refuse_change"], mode
