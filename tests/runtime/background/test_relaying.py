"""Deliveries come by way of a relay: with their bytes, or written anew, which is said."""

import json
from asyncio import sleep, timeout
from base64 import b64encode
from pathlib import Path

import httpx2
import pytest

from runtime.background.relaying import relayed
from simulator.relay import Relay
from tests.service import BEARER, Started, signed, started

pytestmark = pytest.mark.anyio
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

BODY = b'{"zen": "caf\\u00e9", "ratio":1.0}'  # as no relay would write it


async def deliver(relay: Relay) -> None:
    """Post as GitHub does."""
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        answer = await http.post(f"{relay.url}/channel", content=BODY, headers=signed("ping", BODY))
        assert answer.is_success


@on_one_database
async def test_bytes_that_are_kept_are_taken(tmp_path: Path, empty_database_url: str) -> None:
    async with Relay() as relay:
        with started(tmp_path, empty_database_url, "--relay", f"{relay.url}/channel") as service:
            await listened(relay)
            await deliver(relay)
            async with httpx2.AsyncClient(trust_env=False, base_url=service.url) as http:
                await arrived(http)


@on_one_database
async def test_a_relay_that_writes_anew_is_named_as_the_cause_once(
    tmp_path: Path, empty_database_url: str
) -> None:
    async with Relay(keeps_bytes=False) as relay:
        with started(tmp_path, empty_database_url, "--relay", f"{relay.url}/channel") as service:
            await listened(relay)
            for _ in range(3):
                await deliver(relay)
            await said(service, "was not taken", 3)
            told = [each for each in service.logged() if "why" in each]
    assert ["writes anew" in each["why"] for each in told] == [True]


@on_one_database
async def test_a_relay_that_is_away_is_told_in_a_line(
    tmp_path: Path, empty_database_url: str
) -> None:
    with started(tmp_path, empty_database_url, "--relay", "http://127.0.0.1:1/hush") as service:
        await said(service, "background work failed; it is tried again", 1)
        [told, *_] = [each for each in service.logged() if each.get("work") == "relay"]
    assert told["error"].startswith("RelayBroken: the relay cannot be listened to: ")
    assert "exception" not in told
    assert "hush" not in str(told)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"body":',
        b'{"body":{}}',
        b'{"bodyB":7,"x-github-event":"ping"}',
        b'{"bodyB":"$","x-github-event":7}',
    ],
)
def test_what_is_no_delivery_is_passed_over(data: bytes) -> None:
    assert relayed(data) is None


def test_only_what_the_receiver_reads_is_handed_on() -> None:
    told = {
        "x-github-event": "ping",
        "x-github-delivery": "1\r\nHost: evil",
        "host": "evil.example",
        "authorization": "Bearer x",
        "bodyB": b64encode(BODY).decode(),
    }
    found = relayed(json.dumps(told).encode())
    assert found is not None
    assert (found.headers, found.body) == ({"x-github-event": "ping"}, BODY)


async def listened(relay: Relay) -> None:
    async with timeout(60):
        while not relay.listening("channel"):  # noqa: ASYNC110 (it is another process that does)
            await sleep(0.05)


async def arrived(http: httpx2.AsyncClient) -> None:
    async with timeout(60):
        while True:
            answer = await http.get("/api/events?type=ping", headers=BEARER)
            if answer.json().get("items"):
                return
            await sleep(0.1)


async def said(service: Started, words: str, times: int) -> None:
    async with timeout(60):
        while sum(words in each["event"] for each in service.logged()) < times:  # noqa: ASYNC110 (as above)
            await sleep(0.05)
