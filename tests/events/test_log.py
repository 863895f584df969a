"""What the log promises, on both databases."""

import pytest

from events.log import EventLog
from tests.events.builders import an_event

pytestmark = pytest.mark.anyio


async def test_positions_start_at_one_and_have_no_hole(log: EventLog) -> None:
    appended = [(await log.append(an_event()))[0] for _ in range(3)]
    assert [each.event.position for each in appended] == [1, 2, 3]
    assert [event.position for event in await log.read(0, 10)] == [1, 2, 3]
