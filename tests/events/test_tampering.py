"""What got past the triggers is found and located."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from events import chain
from events.envelope import Event
from events.log import EventLog
from events.table import events, log_head, missing_triggers
from runtime.database import Database
from runtime.verify import Verdict, verify
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio

Value = str | int | UUID | datetime | None
NAMES = [field.name for field in fields(Event)]
NULLABLE = [column.name for column in events.columns if column.nullable]


@pytest.fixture
async def tampered(store: Database, log: EventLog) -> Database:
    """A store over five events whose triggers somebody has dropped."""
    full = {
        "action": "opened", "schema_version": 1, "installation_id": 2, "repository_id": 3,
        "actor_id": 4, "actor_login": "octocat", "subject_kind": "issue", "subject_number": 5,
        "head_sha": "a" * 40, "occurred_at": datetime(2025, 1, 1, tzinfo=UTC),
        "causation_id": UUID(int=1), "correlation_id": UUID(int=2),
    }  # fmt: skip
    await log.append(*(an_event(**full) for _ in range(5)))
    await store.write(drop_triggers)
    return store


def drop_triggers(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        connection.execute(text("ALTER TABLE log_head DISABLE TRIGGER ALL"))
    else:
        for name in connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))


async def change(store: Database, at: int, /, **values: Value) -> None:
    of_it = events.c.position == at
    await store.write(lambda c: c.execute(events.update().where(of_it).values(**values)))


async def delete(store: Database, position: int) -> None:
    await store.write(lambda c: c.execute(events.delete().where(events.c.position == position)))


async def move_head(store: Database, **values: Value) -> None:
    await store.write(lambda c: c.execute(log_head.update().values(**values)))


def of_the_events(verdict: Verdict) -> list[str]:
    """The problems found, the missing triggers aside."""
    return [problem for problem in verdict.problems if "trigger" not in problem]


def another(value: Value) -> Value:
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, UUID):
        return UUID(int=value.int ^ 1)
    assert value is not None
    return value + 94 if isinstance(value, int) else value + " "


async def test_a_log_nobody_touched_is_sound(store: Database, log: EventLog) -> None:
    assert (await verify(store)).sound
    await log.append(an_event(), an_event())
    verdict = await verify(store)
    assert verdict.sound
    assert (verdict.events, verdict.head, verdict.broken_at) == (2, await log.head(), None)


async def test_dropped_triggers_are_a_problem_of_their_own(tampered: Database) -> None:
    verdict = await verify(tampered)
    assert not verdict.sound
    assert verdict.broken_at is None
    assert of_the_events(verdict) == []
    missing = await tampered.read(missing_triggers)
    assert len(missing) == len(verdict.problems) == {"sqlite": 6, "postgresql": 3}[tampered.dialect]


async def test_any_column_changed_by_hand_is_found_and_located(
    tampered: Database, log: EventLog
) -> None:
    original = await log.event(3)
    for name in NAMES:
        value = getattr(original, name)
        for changed in (another(value), *([None] if name in NULLABLE else [])):
            await change(tampered, 3, **{name: changed})
            verdict = await verify(tampered)
            assert verdict.broken_at == 3, name
            assert len(of_the_events(verdict)) == 1, name
            await change(tampered, 97 if name == "position" else 3, **{name: value})
    assert (await verify(tampered)).broken_at is None


async def test_a_payload_changed_with_its_digest_is_found(tampered: Database) -> None:
    await change(tampered, 4, payload="[]", payload_sha256=chain.digest("[]"))
    verdict = await verify(tampered)
    assert of_the_events(verdict) == ["position 4 is not as it was recorded"]


@pytest.mark.parametrize("position", [1, 3, 5])
async def test_a_deleted_event_is_found(tampered: Database, position: int) -> None:
    await delete(tampered, position)
    verdict = await verify(tampered)
    assert verdict.broken_at == position
    assert "5 positions were given, 4 events are there" in verdict.problems


async def test_two_events_swapped_are_found(tampered: Database) -> None:
    for position, new in ((2, 99), (3, 2), (99, 3)):
        await change(tampered, position, position=new)
    assert (await verify(tampered)).broken_at == 2


@pytest.mark.parametrize("position", [-1, 0, 6, 99])
async def test_an_event_beyond_the_head_is_found(tampered: Database, position: int) -> None:
    await change(tampered, 5, position=position)
    await tampered.write(
        lambda c: c.execute(
            text("UPDATE log_head SET position = 4, hash = (SELECT hash FROM events"
                 " WHERE position = 4)")
        )
    )  # fmt: skip
    assert of_the_events(await verify(tampered)) == ["4 positions were given, 5 events are there"]


async def test_a_head_with_another_hash_is_found(tampered: Database) -> None:
    await move_head(tampered, hash="f" * 64)
    assert of_the_events(await verify(tampered)) == ["the head's hash is not that of position 5"]


async def test_a_tail_cut_off_with_its_head_is_found_by_an_anchor_only(
    tampered: Database, log: EventLog
) -> None:
    noted, last = await log.head(), await log.event(4)
    assert last is not None
    await delete(tampered, 5)
    await move_head(tampered, position=4, hash=last.hash)
    assert of_the_events(await verify(tampered)) == []
    verdict = await verify(tampered, (noted.position, noted.hash))
    assert of_the_events(verdict) == ["position 5, noted elsewhere, is not in the log"]
    assert of_the_events(await verify(tampered, (4, last.hash))) == []


async def test_a_chain_forged_to_its_end_is_found_by_an_anchor_only(
    tampered: Database, log: EventLog
) -> None:
    noted = await log.head()
    await change(tampered, 2, type="forged")
    previous = chain.GENESIS
    for event in await log.read(0, 10):
        previous = chain.expected_hash(previous, event, event.payload_sha256)
        await change(tampered, event.position, hash=previous)
    await move_head(tampered, hash=previous)
    assert of_the_events(await verify(tampered)) == []
    verdict = await verify(tampered, (noted.position, noted.hash))
    assert of_the_events(verdict) == ["position 5 has another hash than noted"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", "CAST(x'7bff7d' AS TEXT)"),  # one flipped bit, and it is no UTF-8
        ("payload", "x'7b7d'"),
        ("source", "CAST(x'ff' AS TEXT)"),
        ("id", "'no id'"),
        ("recorded_at", "'no time'"),
        ("recorded_at", "x'00'"),
        ("repository_id", "'no number'"),
        ("headers", "x'00'"),
    ],
)
async def test_what_cannot_even_be_read_any_more_is_located(
    tampered: Database, column: str, value: str
) -> None:
    damage = text(f"UPDATE events SET {column} = {value} WHERE position = 4")  # noqa: S608
    await tampered.write(lambda c: c.execute(damage))
    assert (await verify(tampered)).broken_at == 4


async def test_a_long_log_is_walked_to_its_end_and_the_walk_is_told(
    store: Database, log: EventLog
) -> None:
    for _ in range(3):
        await log.append(*(an_event() for _ in range(400)))
    told: list[tuple[int, int]] = []
    assert (await verify(store, progress=lambda *done: told.append(done))).sound
    assert told[-1] == (1200, 1200)
    assert told == sorted(told)
    await store.write(drop_triggers)
    await change(store, 1111, payload="{}")
    assert (await verify(store)).broken_at == 1111
