"""What is large is parsed in a process of its own, comes out the same, and is never half taken."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from events.delivery import delivery_event
from events.envelope import LARGE, Event
from events.errors import MalformedDelivery, ParserFailed
from events.large import LargeDeliveries
from events.log import EventLog
from events.reading import read_facts
from events.store import Result, Store, Work
from runtime.verify import verify
from simulator.payloads.deliveries import issues
from tests.events.errands import die, environment, hang, hoard, pid_of
from tests.service import Unreliable, signed

pytestmark = pytest.mark.anyio

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SPACE = " " * LARGE


@pytest.fixture(scope="module")
def large() -> Iterator[LargeDeliveries]:
    """One process for all tests; it starts anew where one of them ends it."""
    deliveries = LargeDeliveries()
    yield deliveries
    asyncio.run(deliveries.close())


@pytest.fixture
async def alone() -> AsyncIterator[LargeDeliveries]:
    """One that nobody asked yet, and of which tests may have several things at once."""
    deliveries = LargeDeliveries()
    yield deliveries
    await deliveries.close()


@pytest.fixture
def log(log: EventLog, large: LargeDeliveries) -> EventLog:
    log.large = large
    return log


def headers(event: str = "issues", content_type: str = JSON) -> dict[str, str]:
    sent = signed(event, b"", str(uuid4()), content_type=content_type)
    return {name.lower(): value for name, value in sent.items()}


def bodies() -> dict[str, tuple[bytes, str]]:
    told = issues("opened")
    long = told | {"issue": told["issue"] | {"body": "Größe 漢字 😀 \\u0000 " * 30_000}}
    plain = json.dumps(long, ensure_ascii=False).encode()
    return {
        "plain": (plain, JSON),
        "escaped": (json.dumps(long).encode(), JSON),
        "half a surrogate pair": (
            json.dumps(long | {"x": "\ud83d"}).encode(),
            JSON,
        ),
        "a byte order mark": (b"\xef\xbb\xbf" + plain, JSON),
        "a form": (urlencode({"payload": json.dumps(long, ensure_ascii=False)}).encode(), FORM),
        "a number without measure": (plain[:-1] + b', "n": ' + b"9" * 400 + b"}", JSON),
        "space": (json.dumps(told).encode() + SPACE.encode(), JSON),
    }


@pytest.mark.parametrize("name", bodies())
async def test_a_large_delivery_is_stored_as_a_small_one_would_be(
    log: EventLog, store: Store, name: str
) -> None:
    body, media = bodies()[name]
    assert len(body) > LARGE
    sent = headers(content_type=media)
    appended = await log.append_large(sent, bytearray(body), None)
    assert not appended.duplicate
    [event] = await log.read(0, 10)
    expected = delivery_event(sent, body)
    assert event.payload.encode() == body
    assert {each: getattr(event, each) for each in expected.__slots__} == {
        each: getattr(expected, each) for each in expected.__slots__
    }
    assert (await verify(store)).sound
    assert await log.raw(1) == body
    bounded = await log.event(1)
    assert bounded == replace(event, payload="")
    assert await log.facts(bounded) == read_facts(event)
    assert read_facts(event).facts


async def test_a_large_delivery_sent_again_is_a_duplicate(log: EventLog) -> None:
    sent, (body, _) = headers(), bodies()["plain"]
    first = await log.append_large(sent, body, None)
    again = await log.append_large(sent, body, None)
    assert (again.duplicate, again.event) == (True, first.event)


@pytest.mark.parametrize(
    ("body", "media", "code"),
    [
        (b"[" * 2 * LARGE, JSON, "body_not_json"),
        (b'{"a":' * LARGE, JSON, "body_not_json"),
        (b'{"a":' + b"[" * 1100 + b"]" * 1100 + SPACE.encode() + b"}", JSON, "body_not_json"),
        (b'{"a": NaN}' + SPACE.encode(), JSON, "body_not_json"),
        (b"[1]" + SPACE.encode(), JSON, "body_not_object"),
        (b'{"a": "\xff"}' + SPACE.encode(), JSON, "body_not_utf8"),
        (b'{"a": 1}\0' + SPACE.encode(), JSON, "body_not_json"),
        (b"other=" + b"%41" * LARGE, FORM, "body_not_form"),
        (b"payload=" + b"%ff" * LARGE, FORM, "body_not_form"),
        (b'{"a":[' + b"[]," * 1_000_000 + b"1]}", JSON, "body_too_many_values"),
        (b'{"a":[' + b"{}," * 500_000 + b"1]}", JSON, "body_too_many_values"),
        (b'{"a":[' + b"1," * 1_800_000 + b"1]}", JSON, "body_too_many_values"),
    ],
)
async def test_what_is_no_delivery_is_refused_with_the_same_words(
    large: LargeDeliveries, body: bytes, media: str, code: str
) -> None:
    with pytest.raises(MalformedDelivery) as here:
        delivery_event(headers(content_type=media), body)
    with pytest.raises(MalformedDelivery) as there:
        async with large.taken(headers(content_type=media), body, None):
            pass
    assert (there.value.code, str(there.value)) == (here.value.code, str(here.value))
    assert here.value.code == code


async def test_what_a_text_quotes_is_no_value(large: LargeDeliveries) -> None:
    body = json.dumps({"zen": '[{"a,' * 1_000_000}).encode()
    async with large.taken(headers("ping"), body, None) as taken:
        assert taken.event.type == "ping"


async def test_it_is_parsed_in_another_process_that_serves_again(large: LargeDeliveries) -> None:
    assert await large.elsewhere.call(pid_of, b"", seconds=30) == large.elsewhere.pid != os.getpid()
    first = large.elsewhere.pid
    assert await large.elsewhere.call(pid_of, b"", seconds=30) == first


async def test_what_is_large_is_taken_and_read_there_and_not_here(
    log: EventLog, alone: LargeDeliveries
) -> None:
    log.large = alone
    body, _ = bodies()["plain"]
    assert alone.elsewhere.pid is None
    await log.append_large(headers(), body, None)
    assert alone.elsewhere.pid is not None
    await alone.close()
    event = await log.event(1)
    assert isinstance(event, Event)
    assert (await log.facts(event)).facts
    assert alone.elsewhere.pid is not None


async def test_a_process_that_died_idle_is_replaced(large: LargeDeliveries) -> None:
    first = await large.elsewhere.call(pid_of, b"", seconds=30)
    os.kill(first, signal.SIGKILL)
    assert await large.elsewhere.call(pid_of, b"", seconds=30) != first


async def test_a_process_that_dies_over_a_body_is_told_of_and_replaced(
    large: LargeDeliveries,
) -> None:
    with pytest.raises(ParserFailed, match="died"):
        await large.elsewhere.call(die, b"", seconds=30)
    assert await large.elsewhere.call(pid_of, b"", seconds=30)


async def test_a_body_that_takes_too_long_is_given_up(large: LargeDeliveries) -> None:
    with pytest.raises(ParserFailed, match=r"took longer than 0\.5 seconds"):
        await large.elsewhere.call(hang, b"", seconds=0.5)
    assert await large.elsewhere.call(pid_of, b"", seconds=30)


async def test_it_has_none_of_our_secrets(
    large: LargeDeliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_ADMIN_TOKEN", "secret")
    names = await large.elsewhere.call(environment, b"", seconds=30)
    assert "PATH" in names
    assert not [name for name in names if name.startswith("ORCHESTRATOR_")]


async def test_it_has_no_more_memory_than_it_should(large: LargeDeliveries) -> None:
    with pytest.raises(MemoryError):
        await large.elsewhere.call(hoard, b"", seconds=30)


def test_it_ends_by_itself_when_nothing_comes() -> None:
    briefly = "from events import parsing; parsing.IDLE_SECONDS = 0.01; parsing.serve()"
    with subprocess.Popen([sys.executable, "-c", briefly], stdin=subprocess.PIPE) as process:  # noqa: S603 (this interpreter)
        assert process.wait(30) == 0  # nobody closed its input


async def test_a_delivery_is_parsed_once_the_one_before_is_stored(alone: LargeDeliveries) -> None:
    body, _ = bodies()["plain"]
    stored: list[str] = []

    async def take(name: str) -> None:
        async with alone.taken(headers(), body, None):
            stored.append(name)

    async with alone.taken(headers(), body, None):
        next_one = asyncio.create_task(take("the next one"))
        for _ in range(5):  # as often as that the other process would have served it
            await alone.elsewhere.call(pid_of, b"", seconds=30)
        stored.append("the first one")
    await next_one
    assert stored == ["the first one", "the next one"]


async def test_who_reads_facts_lets_deliveries_by_but_not_for_ever(
    store: Store, log: EventLog, alone: LargeDeliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.large = alone
    body, _ = bodies()["plain"]
    await log.append_large(headers(), body, None)
    event = await log.event(1)
    assert isinstance(event, Event)
    loaded = asyncio.Event()

    class Watched(Unreliable):
        async def read(self, work: Work[Result]) -> Result:
            loaded.set()
            return await super().read(work)

    monkeypatch.setattr("events.large._LOOK_SECONDS", 0.001)
    async with alone.taken(headers(), body, None):
        monkeypatch.setattr("events.large._LOOKS", 10**9)
        reading = asyncio.create_task(alone.facts(Watched(store), event))
        for _ in range(5):
            await alone.elsewhere.call(pid_of, b"", seconds=30)
        assert not loaded.is_set()
    assert (await reading).facts
    async with alone.taken(headers(), body, None):
        monkeypatch.setattr("events.large._LOOKS", 2)
        loaded.clear()
        reading = asyncio.create_task(alone.facts(Watched(store), event))
        await asyncio.wait_for(loaded.wait(), 30)
    assert (await reading).facts


async def test_closing_ends_it(large: LargeDeliveries) -> None:
    pid = await large.elsewhere.call(pid_of, b"", seconds=30)
    await large.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_facts_do_not_hang_on_whether_the_process_lives(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, _ = bodies()["plain"]
    await log.append_large(headers(), body, None)
    event = await log.event(1)
    assert isinstance(event, Event)
    expected = await log.facts(event)
    monkeypatch.setattr("events.elsewhere.Elsewhere.call", dying)
    assert (await log.facts(event)).facts == expected.facts != ()


async def dying(*_given: object, **_named: object) -> None:
    raise ParserFailed("it died")


async def test_calls_take_turns_and_none_is_mixed_up(large: LargeDeliveries) -> None:
    sizes = [number * 100_000 for number in range(8)]
    calls = [large.elsewhere.call(len, bytes(size), seconds=60) for size in sizes]
    assert await asyncio.gather(*calls) == sizes
