"""The live stream of a real service: in order, without a gap, resumable."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import Message

from api.access import asking_access, optional_caller
from api.live import MAX_OF_ONE
from api.problems import ApiError
from events.log import EventLog
from people.caller import ADMIN_TOKEN, Caller
from projections.access import Access
from simulator.payloads.deliveries import issues, ping
from tests.api.answers import assert_problem
from tests.conftest import BOTH
from tests.databases import PostgresTemplate, SqliteTemplate
from tests.events.builders import an_event
from tests.service import BEARER, TOKEN, Client, Started, client_at, client_of, started

pytestmark = pytest.mark.anyio

_PATIENCE = 120.0


@pytest.fixture(scope="module", params=BOTH)
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """One real service for all tests of this module, on each database."""
    folder = tmp_path_factory.mktemp("live")
    template: SqliteTemplate | PostgresTemplate = request.getfixturevalue(
        "sqlite_template" if request.param == "sqlite" else "postgres_template"
    )
    url = template.clone(folder)
    with started(folder, url) as service:
        yield service
    if isinstance(template, PostgresTemplate):
        template.drop(url)


@pytest.fixture
async def caller(service: Started) -> AsyncIterator[Client]:
    async with client_at(service.url) as client:
        yield client


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a stream; without data it only moves the reader on."""

    id: int
    data: dict[str, Any] | None


class Stream:
    """Reads server-sent events from lines."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self, number: int) -> list[Told]:
        """Return that many messages."""
        async with asyncio.timeout(_PATIENCE):
            return [await self._message() for _ in range(number)]

    async def ended(self) -> dict[str, Any]:
        """Return why a stream comes to its end, which it does by itself."""
        async with asyncio.timeout(_PATIENCE):
            lines = [line async for line in self._lines if line]
        assert lines[0] == "event: ended"
        told: dict[str, Any] = json.loads(lines[1].removeprefix("data: "))
        return told

    async def _message(self) -> Told:
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif not line and "id" in fields:
                data = fields.get("data")
                assert (fields.get("event") == "event") is (data is not None)
                return Told(int(fields["id"]), json.loads(data) if data else None)
        raise AssertionError("the stream ended")


@asynccontextmanager
async def streamed(
    client: Client, after: int | None = None, last_event_id: int | None = None
) -> AsyncIterator[Stream]:
    params = {} if after is None else {"after": after}
    resumed = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
    stream = client.http.stream("GET", "/api/live", params=params, headers=BEARER | resumed)
    async with stream as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield Stream(answer.aiter_lines())


async def deliver(client: Client, number: int) -> list[int]:
    sent = [await client.deliver("issues", issues()) for _ in range(number)]
    return [answer.json()["position"] for answer in sent]


async def test_the_id_is_the_position_and_the_data_the_event(caller: Client) -> None:
    async with streamed(caller, after=0) as stream:
        [started_event] = await stream.next(1)
    assert started_event.id == 1
    assert started_event.data is not None
    assert (started_event.data["type"], started_event.data["action"]) == ("service", "started")
    shown = (await caller.get("/api/events/1")).json()
    assert started_event.data.items() <= shown.items()
    assert shown.keys() - started_event.data.keys() == {"payload", "caused_by", "caused", "facts"}


async def test_a_stream_without_a_beginning_tells_what_comes_next(caller: Client) -> None:
    await deliver(caller, 2)
    async with streamed(caller) as stream:
        sent = await deliver(caller, 3)
        told = await stream.next(3)
    assert [message.id for message in told] == sent
    assert [message.data and message.data["type"] for message in told] == ["issues"] * 3


async def test_after_begins_behind_a_position(caller: Client) -> None:
    sent = await deliver(caller, 3)
    async with streamed(caller, after=sent[0]) as stream:
        assert [message.id for message in await stream.next(2)] == sent[1:]


async def test_last_event_id_resumes_without_gap_or_repetition(caller: Client) -> None:
    [before] = await deliver(caller, 1)
    await deliver(caller, 5)
    seen: list[int] = []
    last = before
    for number in (1, 3, 2, 4):
        async with streamed(caller, last_event_id=last) as stream:
            if number == 2:
                await deliver(caller, 5)
            seen += [message.id for message in await stream.next(number)]
        last = seen[-1]
    assert seen == list(range(before + 1, before + 11))


async def test_last_event_id_counts_more_than_after(caller: Client) -> None:
    sent = await deliver(caller, 3)
    async with streamed(caller, after=0, last_event_id=sent[0]) as stream:
        assert [message.id for message in await stream.next(2)] == sent[1:]


async def test_many_events_while_streaming_come_all_and_in_order(caller: Client) -> None:
    [before] = await deliver(caller, 1)
    async with streamed(caller, after=before) as stream:
        flood = asyncio.gather(*(caller.deliver("ping", ping()) for _ in range(250)))
        told = await stream.next(250)
        await flood
    assert [message.id for message in told] == list(range(before + 1, before + 251))


async def test_every_reader_is_told_everything(caller: Client) -> None:
    [before] = await deliver(caller, 1)
    async with (
        streamed(caller, after=before) as first,
        streamed(caller, after=before) as second,
        streamed(caller) as third,
    ):
        await deliver(caller, 3)
        told = await asyncio.gather(first.next(3), second.next(3), third.next(3))
    assert told[0] == told[1] == told[2]


async def test_a_last_event_id_that_is_no_position_is_refused(caller: Client) -> None:
    for wrong in ("first", "-1", "1.5", "", "1 7", "0x11"):
        answer = await caller.http.get("/api/live", headers=BEARER | {"Last-Event-ID": wrong})
        assert_problem(answer, 400, "last_event_id_invalid")


async def test_an_after_that_is_no_position_is_refused(caller: Client) -> None:
    for wrong in ("first", "-1", str(2**63)):
        answer = await caller.http.get("/api/live", params={"after": wrong}, headers=BEARER)
        assert_problem(answer, 422, "request_invalid")


async def test_a_stranger_is_told_nothing(caller: Client) -> None:
    assert_problem(await caller.http.get("/api/live"), 401, "token_missing")
    answer = await caller.http.get("/api/live", params={"access_token": TOKEN})
    assert_problem(answer, 422, "request_invalid")  # no token is taken from an address


async def test_a_reader_who_leaves_is_no_longer_counted(caller: Client) -> None:
    async with streamed(caller, after=0) as stream:
        await stream.next(1)
        assert "orchestrator_live_streams 1.0" in (await caller.get("/metrics")).text
    async with asyncio.timeout(_PATIENCE):
        while "orchestrator_live_streams 0.0" not in (await caller.get("/metrics")).text:
            await deliver(caller, 1)  # whoever writes to a closed connection notices


async def test_one_reader_has_so_many_streams_and_no_more(app: FastAPI) -> None:
    ada = Caller(means="session", user_id=7, login="ada", is_administrator=True)
    app.state.streams[ada.key] = MAX_OF_ONE
    app.dependency_overrides[optional_caller] = lambda: ada
    async with client_of(app) as client:
        assert_problem(await client.get("/api/live"), 429, "too_many_streams")
    del app.dependency_overrides[optional_caller]
    see_through(app, Access(frozenset()))
    async with streamed_in_process(app) as stream:  # somebody else's
        await app.state.services.log.append(an_event(repository_id=70))
        await stream.next(1)
        assert app.state.streams == {ada.key: MAX_OF_ONE, "": 1}
    assert app.state.streams == {ada.key: MAX_OF_ONE}


async def test_who_serves_many_with_the_admin_token_has_streams_for_them(app: FastAPI) -> None:
    see_through(app, Access(frozenset()))
    app.state.streams[ADMIN_TOKEN.key] = MAX_OF_ONE
    app.dependency_overrides[optional_caller] = lambda: ADMIN_TOKEN
    async with streamed_in_process(app) as stream:
        await app.state.services.log.append(an_event(repository_id=70))
        await stream.next(1)
        assert app.state.streams == {ADMIN_TOKEN.key: MAX_OF_ONE + 1}


async def test_what_a_reader_may_not_see_only_moves_it_on(
    app: FastAPI, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.live._HEARTBEAT_SECONDS", 0.3)
    see_through(app, Access(frozenset({70}), frozenset({7})))
    foreign = an_event(installation_id=7, repository_id=80)
    own = an_event(installation_id=8, repository_id=70)
    hidden = [foreign, an_event(installation_id=None), an_event(installation_id=9)]
    for event in hidden:
        await log.append(event)
    async with streamed_in_process(app) as stream:
        assert await stream.next(1) == [Told(3, None)]
        [recorded] = await app.state.services.log.append(own)
        [told] = await stream.next(1)
        assert (told.id, told.data and told.data["id"]) == (4, str(recorded.event.id))
        for _ in range(3):
            await app.state.services.log.append(an_event(installation_id=8))
        assert await stream.next(1) == [Told(7, None)]  # once for all of them, with the heartbeat


async def test_who_loses_a_repository_is_told_no_more_of_it_while_the_stream_is_open(
    app: FastAPI, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.live._HEARTBEAT_SECONDS", 0.3)
    now = [Access(frozenset({70}))]

    async def ask() -> Access:
        if not now:
            raise ApiError(401, "session_ended", "you have signed out")
        return now[0]

    app.dependency_overrides[asking_access] = lambda: ask
    await log.append(an_event(repository_id=70))
    async with streamed_in_process(app) as stream:
        [seen] = await stream.next(1)
        assert (seen.id, seen.data is None) == (1, False)
        now[:] = [Access(frozenset({71}))]
        await app.state.services.log.append(an_event(repository_id=70))
        assert await stream.next(1) == [Told(2, None)]
        now.clear()
        await app.state.services.log.append(an_event(repository_id=71))
        assert await stream.ended() == {"code": "session_ended", "detail": "you have signed out"}


async def test_who_may_see_nothing_opens_no_stream(app: FastAPI) -> None:
    async def ask() -> Access:
        raise ApiError(401, "session_ended", "you have signed out")

    app.dependency_overrides[asking_access] = lambda: ask
    async with client_of(app) as client:
        assert_problem(await client.get("/api/live"), 401, "session_ended")


def see_through(app: FastAPI, access: Access) -> None:
    async def ask() -> Access:
        return access

    app.dependency_overrides[asking_access] = lambda: ask


@asynccontextmanager
async def streamed_in_process(app: FastAPI) -> AsyncIterator[Stream]:
    """Stream from an application in this process, whose scope a test decides."""
    chunks: asyncio.Queue[tuple[bytes, bool]] = asyncio.Queue()

    async def receive() -> Message:
        await asyncio.Event().wait()  # the reader stays
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            chunks.put_nowait((message["body"], message.get("more_body", False)))

    async def lines() -> AsyncIterator[str]:
        while True:
            body, more = await chunks.get()
            for line in body.decode().split("\n")[:-1]:
                yield line
            if not more:
                return

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/api/live"}
    scope |= {"query_string": b"after=0", "headers": [], "root_path": "", "server": None}
    serving = asyncio.create_task(app(scope, receive, send))
    try:
        yield Stream(lines())
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
