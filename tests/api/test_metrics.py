"""Metrics for Prometheus, and who may read them."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from projections.registry import PROJECTIONS
from runtime.database import Database
from simulator.payloads.deliveries import issues
from tests.api.answers import assert_problem
from tests.service import (
    BEARER,
    RECEIVER,
    Client,
    Unreliable,
    app_over,
    client_of,
    project,
)

pytestmark = pytest.mark.anyio

AWAY = "http://orchestrator.example"
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def samples(answer: httpx2.Response) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_the_page_counts_requests_and_deliveries(client: Client) -> None:
    await client.deliver("issues", issues(), "72d3162e-cc78-11e3-81ab-4c9367dc0958")
    await client.deliver("issues", issues(), "72d3162e-cc78-11e3-81ab-4c9367dc0958")
    await client.deliver("issues", issues(), secret="wrong")
    await client.get("/api/events/1")
    await client.get("/api/events/99")
    found = samples(await client.http.get("/metrics"))
    outcomes = {labels[0][1]: n for (name, labels), n in found.items() if "deliveries_t" in name}
    assert outcomes == {"accepted": 1, "duplicate": 1, "signature_wrong": 1}
    answered = {
        tuple(value for _, value in labels): n
        for (name, labels), n in found.items()
        if name == "orchestrator_request_seconds_count"
    }
    assert answered == {
        ("POST", RECEIVER, "202"): 1,
        ("POST", RECEIVER, "200"): 1,
        ("POST", RECEIVER, "401"): 1,
        ("GET", "/api/events/{position}", "200"): 1,
        ("GET", "/api/events/{position}", "404"): 1,
    }


async def test_the_page_tells_how_far_the_log_and_the_projections_are(
    client: Client, store: Database
) -> None:
    for _ in range(3):
        await client.deliver("issues", issues())
    lagging = samples(await client.http.get("/metrics"))
    await project(store)
    caught_up = samples(await client.http.get("/metrics"))
    assert lagging["orchestrator_log_position", ()] == 3
    assert caught_up["orchestrator_log_position", ()] == 3
    for projection in PROJECTIONS:
        labels = (("projection", projection.name),)
        assert lagging["orchestrator_projection_lag_events", labels] == 3
        assert caught_up["orchestrator_projection_lag_events", labels] == 0
        assert caught_up["orchestrator_parked_events", labels] == 0


async def test_strangers_cannot_multiply_the_series(client: Client) -> None:
    for number in range(20):
        await client.http.get(f"/nothing/{number}")
        await client.http.request(f"MADE{number}", "/nothing")
    found = samples(await client.http.get("/metrics"))
    series = {labels for name, labels in found if name == "orchestrator_request_seconds_count"}
    assert {tuple(value for _, value in labels) for labels in series} == {
        ("GET", "unmatched", "404"),
        ("other", "unmatched", "404"),
    }


@asynccontextmanager
async def reader(
    store: Database, base_url: str, *, metrics_open: bool = False
) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(app_over(store, metrics_open=metrics_open), base_url) as client:
        yield client.http


@on_one_database
@pytest.mark.parametrize("base_url", ["http://127.0.0.1", "http://127.8.8.8", "http://[::1]"])
async def test_it_is_open_on_the_loopback_interface(store: Database, base_url: str) -> None:
    async with reader(store, base_url) as http:
        answer = await http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")


@on_one_database
@pytest.mark.parametrize("base_url", [AWAY, "http://10.0.0.1", "http://[2001:db8::1]"])
async def test_elsewhere_it_needs_the_token(store: Database, base_url: str) -> None:
    async with reader(store, base_url) as http:
        assert_problem(await http.get("/metrics"), 401, "token_missing")
        wrong = await http.get("/metrics", headers={"Authorization": "Bearer wrong"})
        assert_problem(wrong, 401, "token_invalid")
        assert (await http.get("/metrics", headers=BEARER)).status_code == 200


@on_one_database
@pytest.mark.parametrize(
    "name",
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
        "Via",
        "CF-Connecting-IP",
        "CF-Ray",
        "CDN-Loop",
        "True-Client-IP",
        "X-Client-IP",
        "X-Original-Forwarded-For",
        "X-Envoy-External-Address",
        "X-Amzn-Trace-Id",
        "Fastly-Client-IP",
        "Fly-Client-IP",
    ],
)
async def test_through_a_proxy_on_the_same_machine_it_needs_the_token(
    store: Database, name: str
) -> None:
    forwarded = {name: "127.0.0.1"}
    async with reader(store, "http://127.0.0.1") as http:
        assert_problem(await http.get("/metrics", headers=forwarded), 401, "token_missing")
        assert (await http.get("/metrics", headers=forwarded | BEARER)).status_code == 200


@on_one_database
async def test_it_can_be_opened_to_all(store: Database) -> None:
    async with reader(store, AWAY, metrics_open=True) as http:
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        assert (await http.get("/metrics", headers=forwarded)).status_code == 200


@on_one_database
async def test_without_a_database_it_is_a_problem(store: Database) -> None:
    async with client_of(app_over(Unreliable(store, "read"))) as client:
        assert_problem(await client.http.get("/metrics"), 503, "storage_unavailable")


@on_one_database
async def test_the_page_is_written_beside_the_event_loop(store: Database) -> None:
    """After weeks it is long: a line for each bucket of each route and status."""
    app, on = app_over(store), list[int]()
    app.state.services.metrics.registry.register(Collected(on))
    on.clear()  # it was asked once what it has
    async with client_of(app) as client:
        await client.http.get("/metrics")
    assert len(on) == 1
    assert threading.get_ident() not in on


class Collected:
    """A collector that notes by which threads it was asked."""

    def __init__(self, threads: list[int]) -> None:
        self._threads = threads

    def collect(self) -> Iterator[Metric]:
        self._threads.append(threading.get_ident())
        yield from ()
