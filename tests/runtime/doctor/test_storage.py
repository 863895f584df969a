"""Whether the database is there and its log can go on, on both databases."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from events import chain
from events.log import EventLog
from events.read import Head
from events.wake import Wake
from reactions.asking.table import QuestionRow
from runtime.database import open_database
from runtime.doctor.finding import Finding, Unasked, Unread
from runtime.doctor.storage import Storage, judge_questions, judge_storage, read_storage
from tests.events.builders import an_event
from tests.runtime.doctor.told import by_check, of

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EMPTY = Storage("sqlite", Head(0, NOW, chain.GENESIS), None, None, (), 0)
PASSWORD = "hunter2"


def clock() -> datetime:
    return NOW


async def examined(url: str) -> list[Finding]:
    return list(judge_storage(await read_storage(url, clock), NOW))


async def changed(url: str, *statements: str) -> None:
    """Append two events, then change the database behind the service's back."""

    def change(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    database = open_database(url)
    try:
        await EventLog(database, clock, Wake()).append(an_event())
        await EventLog(database, clock, Wake()).append(an_event())
        await database.write(change)
    finally:
        await database.close()


async def test_a_fresh_database_is_well(database_url: str) -> None:
    found = await examined(database_url)
    assert by_check(found) == {"database": ["ok"], "log": ["ok"]}
    assert of(found, "log")[0].found == "0 events, sound at its end"


async def test_a_log_with_events_is_well(database_url: str) -> None:
    await changed(database_url)
    [log] = of(await examined(database_url), "log")
    assert log.found == "2 events, sound at its end"


async def test_it_appends_nothing(database_url: str) -> None:
    before = await read_storage(database_url, clock)
    assert await read_storage(database_url, clock) == before


TRIGGERS = {
    "sqlite": ["DROP TRIGGER events_refuse_update", "DROP TRIGGER log_head_refuse_rewind"],
    "postgresql": [
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "ALTER TABLE log_head DISABLE TRIGGER ALL",
    ],
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE events SET hash = 'x' || substr(hash, 2) WHERE position = 2", "hash is not that"),
        ("UPDATE log_head SET position = 1", "behind the head at position 1"),
        ("UPDATE log_head SET position = 9", "at position 9, is missing"),
    ],
)
async def test_an_end_that_is_not_sound_is_found_without_walking_the_log(
    database_url: str, dialect: str, change: str, words: str
) -> None:
    await changed(database_url, *TRIGGERS[dialect], change)
    found = of(await examined(database_url), "log")
    assert {each.state for each in found} == {"problem"}
    assert any(words in each.found for each in found)
    assert any("not protected" in each.found for each in found)


def test_an_empty_log_has_the_first_hash() -> None:
    assert by_check(judge_storage(EMPTY, NOW)) == {"database": ["ok"], "log": ["ok"]}
    other = replace(EMPTY, head=Head(0, NOW, "1" * 64))
    assert by_check(judge_storage(other, NOW))["log"] == ["problem"]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"parked": 3}, "warning"),
        ({"unappendable": Unread("the database refused: database is locked")}, "problem"),
        ({"missing_triggers": ("events_refuse_update",)}, "problem"),
    ],
)
def test_what_else_can_be_wrong_with_a_log(change: dict[str, object], state: str) -> None:
    found = judge_storage(replace(EMPTY, **change), NOW)  # type: ignore[arg-type]  # drawn above
    assert by_check(found) == {"database": ["ok"], "log": [state]}


@pytest.mark.parametrize(("minutes", "state"), [(-1, "ok"), (4, "ok"), (6, "warning")])
async def test_events_from_the_future_tell_of_a_clock_that_was_wrong(
    database_url: str, minutes: float, state: str
) -> None:
    await changed(database_url)
    storage = await read_storage(database_url, clock)
    then = NOW - timedelta(minutes=minutes)
    assert by_check(judge_storage(storage, then))["log"] == [state]


async def asked(url: str, *questions: QuestionRow) -> list[Finding]:
    """Store questions, and say what is found of them."""

    def store(connection: Connection) -> None:
        table = SQLModel.metadata.tables["questions"]
        connection.execute(table.insert(), [question.model_dump() for question in questions])

    database = open_database(url)
    try:
        await database.write(store)
    finally:
        await database.close()
    return list(judge_questions(await read_storage(url, clock)))


def a_question(user_id: int, failures: int, *, waits: bool) -> QuestionRow:
    """Whether somebody may write, which GitHub refused to say so many times."""
    return QuestionRow(
        repository_id=1,
        issue_number=1,
        kind="permission",
        pull_request_number=50,
        user_id=user_id,
        installation_id=77,
        stamp=0,
        waits=waits,
        failures=failures,
        error=f"Resource not accessible\nby integration, {user_id}" if failures else None,
        due_at=NOW,
    )


async def test_what_github_answers_is_well(database_url: str) -> None:
    found = await asked(database_url, a_question(1, 0, waits=True), a_question(2, 2, waits=True))
    assert by_check(found) == {"questions": ["ok"]}


async def test_what_github_does_not_answer_and_nothing_waits_for_is_to_be_considered(
    database_url: str,
) -> None:
    [found] = await asked(database_url, a_question(1, 3, waits=False))
    assert (found.check, found.state) == ("questions", "warning")
    assert found.found.endswith(
        "does not answer 1, for which nothing waits: Resource not accessible by integration, 1"
    )


async def test_what_is_waited_for_and_github_does_not_answer_is_a_problem_with_its_words(
    database_url: str,
) -> None:
    failing = [a_question(1, 9, waits=False), a_question(2, 3, waits=True)]
    [found] = await asked(database_url, *failing)
    assert (found.check, found.state) == ("questions", "problem")
    assert found.found == (
        "GitHub does not answer 2, and something waits for 1 of them: "
        "Resource not accessible by integration, 2"
    )
    assert "permissions" in found.advice


def test_questions_of_a_database_that_is_not_there_are_skipped() -> None:
    assert by_check(judge_questions(Unread("no", "do"))) == {"questions": ["skipped"]}


async def test_a_database_without_tables_is_told_to_be_migrated(empty_database_url: str) -> None:
    found = await examined(empty_database_url)
    assert by_check(found) == {"database": ["problem"], "log": ["skipped"]}
    assert of(found, "database")[0].advice == "run: copilot-orchestrator migrate"


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = asyncio.run(examined(f"sqlite+aiosqlite:///{tmp_path}/none/log.db"))
    assert by_check(found)["database"] == ["problem"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        lambda folder: f"sqlite+aiosqlite:///{folder}",
        lambda folder: f"sqlite+aiosqlite:///{folder}/text.db",
        lambda _: f"postgresql+asyncpg://anna:{PASSWORD}@127.0.0.1:1/log",
        lambda _: f"postgresql+asyncpg://anna:{PASSWORD}@no-such-host.invalid/log",
        lambda _: f"postgresql+asyncpg://anna:{PASSWORD}:x/y@127.0.0.1/log",
        lambda _: f"postgresql+asyncpg://anna:{PASSWORD}@ho st@127.0.0.1/log",
        lambda _: f"mysql://anna:{PASSWORD}@127.0.0.1/log",
        lambda _: PASSWORD,
        lambda _: "",
    ],
)
async def test_an_address_of_no_database_is_a_problem_that_quotes_no_password(
    tmp_path: Path, address: Callable[[Path], str]
) -> None:
    (tmp_path / "text.db").write_text("this is no database, but a text of some length" * 40)
    found = await examined(address(tmp_path))
    assert by_check(found) == {"database": ["problem"], "log": ["skipped"]}
    assert not any(PASSWORD in each.found + each.advice for each in found)


async def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql+asyncpg://anna:{PASSWORD}@127.0.0.1:{port}/log"
        async with asyncio.timeout(15):
            assert by_check(await examined(url))["database"] == ["problem"]


def test_a_database_that_was_not_asked_is_skipped() -> None:
    assert by_check(judge_storage(Unasked("no", "do"), NOW)) == {
        "database": ["skipped"],
        "log": ["skipped"],
    }
