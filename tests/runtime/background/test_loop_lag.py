"""What holds the event loop is told in the metrics."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.metrics import Metrics
from runtime.background.loop_lag import watch_loop
from runtime.database import Database
from runtime.running import running
from tests.runtime.test_wiring import Watched, a_worker

pytestmark = pytest.mark.anyio

LAG = "orchestrator_event_loop_lag"
HELD = 0.3


def samples(metrics: Metrics) -> dict[str, float]:
    """Return by its name what the page says of the event loop, without the buckets."""
    families = text_string_to_metric_families(metrics.page(0, {}, {}).decode())
    told = (sample for family in families for sample in family.samples)
    return {
        each.name.removeprefix(LAG): each.value
        for each in told
        if each.name.startswith(LAG) and not each.labels
    }


@contextmanager
def watching(metrics: Metrics) -> Iterator[None]:
    task = asyncio.create_task(watch_loop(metrics))
    try:
        yield
    finally:
        task.cancel()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():  # noqa: ASYNC110 (nobody tells of a look)
            await asyncio.sleep(0.01)


async def test_the_longest_hold_is_told_and_stays() -> None:
    metrics = Metrics()
    with watching(metrics):
        await asyncio.sleep(0)  # it has asked to come back in 50 ms
        time.sleep(HELD)  # noqa: ASYNC251 (it is to be held)
        await until(lambda: samples(metrics)["_seconds_count"] >= 1)
        held = samples(metrics)["_longest_seconds"]
        assert held >= HELD - 0.051
        await until(lambda: samples(metrics)["_seconds_count"] >= 3)
    found = samples(metrics)
    assert found["_longest_seconds"] >= held
    assert found["_seconds_sum"] >= held


async def test_a_process_watches_its_loop(store: Database, database_url: str) -> None:
    async with a_worker(Watched(store), database_url) as process, running(process):
        await until(lambda: samples(process.services.metrics)["_seconds_count"] >= 1)
