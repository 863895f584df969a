"""A whole process whose clock stands, or runs backwards."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from freezegun import freeze_time

from simulator.payloads.deliveries import ping
from tests.service import running_app

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = datetime(2026, 3, 1, 11, tzinfo=UTC)


def at(moment: datetime) -> AbstractContextManager[object]:
    """Let the process's clock stand, but not the event loop's."""
    return freeze_time(moment, real_asyncio=True)


async def test_what_is_recorded_while_the_clock_stands_has_one_time(database_url: str) -> None:
    with at(NOON):
        async with running_app(database_url) as client:
            for _ in range(3):
                await client.deliver("ping", ping())
            events = (await client.get("/api/events", min_position=4, limit=200)).json()["items"]
    assert {event["recorded_at"] for event in events} == {"2026-03-01T12:00:00Z"}


async def test_a_clock_set_back_never_sets_the_log_back(database_url: str) -> None:
    with at(NOON):
        async with running_app(database_url) as client:
            await client.deliver("ping", ping())
    with at(EARLIER):
        async with running_app(database_url) as client:
            await client.deliver("ping", ping())
            events = (await client.get("/api/events", min_position=5, limit=200)).json()["items"]
    assert [event["recorded_at"] for event in events] == ["2026-03-01T12:00:00Z"] * len(events)


async def test_ids_of_our_own_events_differ_while_the_clock_stands(database_url: str) -> None:
    with at(NOON):
        async with running_app(database_url) as client:
            events = (await client.get("/api/events", min_position=1)).json()["items"]
        async with running_app(database_url) as client:
            events = (await client.get("/api/events", min_position=3, limit=200)).json()["items"]
    assert len({event["id"] for event in events}) == len(events)
