"""What a process remembers of the log is what the log holds."""

from datetime import UTC, datetime

import pytest

from events.envelope import LARGE
from events.log import EventLog
from events.read import read
from events.store import Store
from events.wake import Wake
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


async def test_what_was_appended_here_is_remembered_as_it_is_read(
    store: Store, log: EventLog
) -> None:
    world = World()
    rocket = world.repository("rocket")
    for title in ("One", "\u2028 \N{ROCKET} \x00"):
        rocket.open_issue(title).close()
    told = [*world.deliveries, an_event(occurred_at=datetime(2026, 1, 2, 3, 4, 5, 678, UTC))]
    await log.append(*told)
    assert all(each.duplicate for each in await log.append(*told[:3]))
    stored = await store.read(lambda c: read(c, 0, 1000))
    for after in range(len(stored)):
        known = log.recent.behind(after, 5)
        assert known in ([], stored[after : after + 5])
    assert log.recent.behind(len(stored) - 1, 5) == stored[-1:]
    assert log.recent.behind(len(stored), 5) == []


async def test_behind_a_gap_nothing_is_remembered_of_what_was_before(
    store: Store, log: EventLog, clock: Clock
) -> None:
    await log.append(an_event())
    await EventLog(store, clock, Wake()).append(an_event())  # another process
    await log.append(an_event())
    assert log.recent.behind(0, 5) == []
    assert [event.position for event in log.recent.behind(2, 5)] == [3]


async def test_what_is_read_without_its_payload_is_not_remembered_with_it(log: EventLog) -> None:
    await log.append(an_event(payload="x" * (LARGE + 1)))
    assert log.recent.behind(0, 5) == []
    await log.append(an_event())
    assert [event.position for event in log.recent.behind(1, 5)] == [2]
