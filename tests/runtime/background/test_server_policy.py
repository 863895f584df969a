"""The server's policy comes from a file, recorded once where it is new, whatever is in it."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from events.catalogue import PolicyChanged, ScopePaused, content_of, own_event
from events.catalogue.policies import MAX_CONTENT
from events.identity import keyed_id
from events.log import EventLog
from events.read import read
from events.wake import Wake
from projections.lanes.queries import around_lanes
from runtime.background.server_policy import PolicyFileUnreadable, ServerPolicy, read_server_policy
from runtime.database import Database, open_database
from tests.conftest import Clock
from tests.databases import SqliteTemplate
from tests.service import Unreliable, project, run, running_app, started, until

pytestmark = pytest.mark.anyio

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.yml"


def write(file: Path, content: str | bytes) -> None:
    file.write_bytes(content.encode() if isinstance(content, str) else content)


async def start(store: Database, log: EventLog, path: Path | None) -> None:
    """What a process does at its start, with the log folded before and after."""
    await project(store)
    await ServerPolicy(store, log, path).run()
    await project(store)


async def recorded(store: Database) -> list[PolicyChanged]:
    events = await store.read(lambda connection: read(connection, 0, 1000))
    contents = [content_of(event) for event in events if event.type == "policy"]
    return [content for content in contents if isinstance(content, PolicyChanged)]


async def held(store: Database) -> str:
    """The document of the server's layer."""
    policies = (await store.read(around_lanes)).policies
    return policies[0].document if policies else ""


async def test_a_file_is_recorded_once_with_its_text(
    store: Database, log: EventLog, file: Path
) -> None:
    write(file, "mode: live  # at last\n")
    for _ in range(3):
        await start(store, log, file)
    [said] = await recorded(store)
    assert (said.layer, said.origin, said.commit) == ("server", "policy.yml", None)
    assert (said.content, said.document) == ("mode: live  # at last\n", {"mode": "live"})
    assert await held(store) == '{"mode":"live"}'


async def test_every_change_is_recorded_and_a_change_back_too(
    store: Database, log: EventLog, file: Path
) -> None:
    texts = ["mode: live", "mode: loud", "mode: live", "mode: loud", "mode: 7", "mode: loud", ""]
    for text in texts:
        write(file, text)
        await start(store, log, file)
        await start(store, log, file)
    assert [said.content for said in await recorded(store)] == texts


async def test_without_a_file_an_empty_policy_is_recorded_where_one_held(
    store: Database, log: EventLog, file: Path
) -> None:
    await start(store, log, None)
    assert await recorded(store) == []
    write(file, "mode: live")
    await start(store, log, file)
    for _ in range(2):
        await start(store, log, None)
    last = (await recorded(store))[1:]
    assert [(said.content, said.document, said.problems) for said in last] == [("", {}, ())]
    assert await held(store) == ""


async def test_a_file_with_problems_is_recorded_with_them_and_changes_nothing(
    store: Database, log: EventLog, file: Path
) -> None:
    write(file, "mode: live")
    await start(store, log, file)
    write(file, "mode: loud")
    with structlog.testing.capture_logs() as lines:
        await start(store, log, file)
    [_, said] = await recorded(store)
    assert (said.document, [problem.path for problem in said.problems]) == (None, ["mode"])
    assert await held(store) == '{"mode":"live"}'
    warned = [line for line in lines if line["log_level"] == "warning"]
    assert [(line["path"], line["event"]) for line in warned] == [
        ("mode", "a policy file with problems changes nothing")
    ]


@pytest.mark.parametrize(
    "content", [b"mode: \xff", b"#" * (MAX_CONTENT + 1), b"#" * (5 * MAX_CONTENT), b"mode: a\0b"]
)
@on_one_database
async def test_whatever_is_in_the_file_can_be_recorded(
    store: Database, log: EventLog, file: Path, content: bytes
) -> None:
    write(file, content)
    await start(store, log, file)
    [said] = await recorded(store)
    assert said.problems
    assert len(said.content) <= MAX_CONTENT


async def keep_projected(store: Database) -> None:
    """Fold what is recorded, as a worker does: whoever looks late waits for it."""
    while True:
        await project(store)
        await asyncio.sleep(0.05)


async def test_several_processes_record_it_once(store: Database, log: EventLog, file: Path) -> None:
    texts = ["mode: live", "mode: off", "mode: live"]
    for text in texts:
        write(file, text)
        await project(store)
        projecting = asyncio.create_task(keep_projected(store))
        async with asyncio.timeout(60):
            await asyncio.gather(*(ServerPolicy(store, log, file).run() for _ in range(4)))
        projecting.cancel()
        await asyncio.gather(projecting, return_exceptions=True)
        await project(store)
    assert [said.content for said in await recorded(store)] == texts


async def test_it_waits_until_what_was_said_before_is_folded(
    store: Database, log: EventLog, file: Path
) -> None:
    write(file, "mode: live")
    await start(store, log, file)
    write(file, "mode: off")
    await start(store, log, file)
    await log.append(own_event(ScopePaused(reason="why"), keyed_id("a pause")))
    write(file, "mode: live")
    waiting = asyncio.create_task(ServerPolicy(store, log, file).run())
    await asyncio.sleep(0.3)
    assert len(await recorded(store)) == 2
    await project(store)
    await waiting
    assert len(await recorded(store)) == 3


@on_one_database
async def test_an_outage_is_waited_for(
    store: Database, clock: Clock, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.background.announcing._RETRY_SECONDS", 0.02)
    write(file, "mode: live")
    await project(store)
    unreliable = Unreliable(store, "append")
    policy = ServerPolicy(store, EventLog(unreliable, clock, Wake()), file)
    with structlog.testing.capture_logs() as lines:
        running = asyncio.create_task(policy.run())
        async with asyncio.timeout(10):
            while not lines:  # noqa: ASYNC110 (a line in the log sets no event)
                await asyncio.sleep(0.01)
        unreliable.away = set()
        await running
    assert lines[0]["event"] == "the server's policy is not recorded yet"
    assert len(await recorded(store)) == 1


TEXTS = ["", "mode: live", "mode: off  # no", "mode: off", "mode: loud", "nonsense: 1", None]


@settings(max_examples=15)
@given(history=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6))
def test_after_any_starts_the_last_file_that_fits_holds(
    sqlite_template: SqliteTemplate, tmp_path: Path, history: list[str | None]
) -> None:
    url = sqlite_template.clone(tmp_path)
    assert asyncio.run(after(url, tmp_path / "policy.yml", history)) == expected(history)


def expected(history: list[str | None]) -> str:
    documents = {"mode: live": '{"mode":"live"}', "mode: off": '{"mode":"off"}', "": ""}
    fitting = (documents.get((text or "").partition("  ")[0]) for text in reversed(history))
    return next((document for document in fitting if document is not None), "")


async def after(url: str, file: Path, history: list[str | None]) -> str:
    store = open_database(url)
    try:
        for text in history:
            write(file, text or "")
            log = EventLog(store, Clock(), Wake())
            await start(store, log, None if text is None else file)
        return await held(store)
    finally:
        await store.close()


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "absent.yml", tmp_path, tmp_path / "pipe"):
        with pytest.raises(PolicyFileUnreadable, match=f"ORCHESTRATOR_POLICY_FILE.*{path.name}"):
            read_server_policy(path)


def test_a_name_that_is_no_text_can_be_recorded(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"policy-\xff.yml")
    path.write_text("mode: live")
    assert read_server_policy(path).origin == "policy-\ufffd.yml"


@on_one_database
def test_start_ends_with_one_line_when_the_file_cannot_be_read(
    database_url: str, tmp_path: Path
) -> None:
    absent = str(tmp_path / "absent.yml")
    for role in ("all", "worker"):
        arguments: dict[str, Any] = {"database_url": database_url, "policy_file": absent}
        ended = run(tmp_path, "start", "--port", "0", "--role", role, **arguments)
        assert ended.returncode == 1
        [line] = ended.stderr.splitlines()
        assert line == f"error: ORCHESTRATOR_POLICY_FILE: there is no file {absent}"


@on_one_database
def test_a_started_service_records_it_and_one_that_only_receives_does_not(
    database_url: str, tmp_path: Path, file: Path
) -> None:
    write(file, "mode: live")
    with started(tmp_path, database_url, policy_file=str(file)) as service:
        until(lambda: [e for e in service.logged() if e["event"].endswith("policy changed")])
    absent = str(tmp_path / "absent.yml")
    with started(tmp_path, database_url, role="web", policy_file=absent) as service:
        assert service.url
    with started(tmp_path, database_url, policy_file="") as service:
        until(lambda: [e for e in service.logged() if e["event"].endswith("policy changed")])


@on_one_database
async def test_without_the_setting_nothing_is_recorded(database_url: str, store: Database) -> None:
    async with running_app(database_url) as client:
        assert (await client.get("/api/events", min_position=1)).status_code == 200
        await asyncio.sleep(0.3)
    assert await recorded(store) == []
