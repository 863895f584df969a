"""Relays between GitHub and who it does not reach: one keeps bytes, one writes them anew."""

import base64
import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from simulator.delivery import sign
from simulator.relay import Relay
from tests.simulator.builders import ROCKET
from tests.simulator.running import a_plan, a_simulator, until

pytestmark = pytest.mark.anyio

# As GitHub may write it, and no serialiser of a relay's: with a space, an escape, a float.
BODY = b'{"action": "opened","title":"caf\\u00e9","ratio":1.0}'
SECRET = "between the two of us"


async def events(answer: httpx2.Response) -> AsyncIterator[tuple[str, dict[str, object]]]:
    """The events of a stream, by their kind, with their data."""
    kind, data = "message", ""
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            data = value
        elif not line:
            yield kind, json.loads(data)
            kind = "message"


async def passed_on(relay: Relay) -> dict[str, object]:
    """What a listener gets of one signed delivery."""
    async with httpx2.AsyncClient(base_url=relay.url, trust_env=False) as http:
        sent = {"x-hub-signature-256": sign(BODY, SECRET), "x-github-event": "issues"}
        sent["content-type"] = "application/json"
        accept = {"accept": "text/event-stream"}
        async with http.stream("GET", "/a-channel", headers=accept) as stream:
            coming = events(stream)
            assert await anext(coming) == ("ready", {})
            answer = await http.post("/a-channel?from=github", content=BODY, headers=sent)
            assert answer.is_success
            await http.post("/another", content=BODY, headers=sent)
            kind, told = await anext(coming)
            relay.hang_up("a-channel")
            assert [each async for each in coming] == []
    assert kind == "message"
    assert (told["x-github-event"], told["query"]) == ("issues", {"from": "github"})
    assert isinstance(told["timestamp"], int)
    return told


async def test_a_relay_that_keeps_bytes_keeps_signatures() -> None:
    async with Relay() as relay:
        told = await passed_on(relay)
    body = base64.b64decode(str(told["bodyB"]))
    assert body == BODY
    assert sign(body, SECRET) == told["x-hub-signature-256"]
    assert "body" not in told


async def test_a_relay_that_writes_bodies_anew_breaks_signatures() -> None:
    async with Relay(keeps_bytes=False) as relay:
        told = await passed_on(relay)
    assert told["body"] == json.loads(BODY)
    anew = json.dumps(told["body"], separators=(",", ":"), ensure_ascii=False).encode()
    assert sign(anew, SECRET) != told["x-hub-signature-256"]
    assert "bodyB" not in told


async def test_github_delivers_through_a_relay() -> None:
    async with Relay() as relay, a_simulator(a_plan(), f"{relay.url}/c") as simulator:
        accept = {"accept": "text/event-stream"}
        async with (
            httpx2.AsyncClient(trust_env=False) as http,
            http.stream("GET", f"{relay.url}/c", headers=accept) as stream,
        ):
            coming = events(stream)
            await anext(coming)
            simulator.site.outbox.spacious = True
            issue = simulator.repository(ROCKET).open_issue("Through the relay")
            while True:
                _, told = await anext(coming)
                body = base64.b64decode(str(told["bodyB"]))
                payload = json.loads(body)
                if payload.get("issue", {}).get("number") == issue.number:
                    break
            relay.hang_up("c")
        await until(lambda: relay.listening("c") == 0)
    assert (told["x-github-event"], payload["action"]) == ("issues", "opened")
    assert told["x-hub-signature-256"] == sign(body, simulator.webhook_secret)
    anew = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    assert told["x-hub-signature-256"] != sign(anew, simulator.webhook_secret)


async def test_what_is_no_channel_or_no_object_is_refused() -> None:
    async with (
        Relay(keeps_bytes=False) as relay,
        httpx2.AsyncClient(base_url=relay.url, trust_env=False) as http,
    ):
        bad = [
            await http.post("/a.b", content=b"{}"),
            await http.post("/a", content=b"["),
            await http.post("/a", content=b"[]"),
            await http.get("/a.b", headers={"accept": "text/event-stream"}),
        ]
        page = await http.get("/a")
    assert [each.status_code for each in bad] == [400] * 4
    assert page.headers["content-type"].startswith("text/plain")
