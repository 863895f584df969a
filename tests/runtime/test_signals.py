"""A hang-up, as of a terminal that is closed, is a stop in good order."""

import asyncio
import signal
from pathlib import Path

import pytest

from runtime.signals import stop_on_hangup
from tests.runtime.test_start import deliver, of_kind, of_the_service, recorded
from tests.service import client_at, started, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_hangup_stops_it_with_nothing_lost(database_url: str, tmp_path: Path) -> None:
    with started(tmp_path, database_url) as service:
        async with client_at(service.url) as client:
            acknowledged = await deliver(client, 5)
        assert await asyncio.to_thread(service.stop, signal.SIGHUP) == 0
    events = await recorded(database_url)
    assert [event.position for event in events if event.type == "issues"] == acknowledged
    assert events[-1].action == "stopped"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_a_hangup_stops_a_worker(database_url: str, tmp_path: Path) -> None:
    with started(tmp_path, database_url, role="worker") as service:
        until(lambda: of_kind(service, "service started"))
        assert await asyncio.to_thread(service.stop, signal.SIGHUP) == 0
    assert await of_the_service(database_url) == ["started", "stopped"]


def test_a_hangup_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop_on_hangup()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
