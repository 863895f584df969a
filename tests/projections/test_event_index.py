"""The event filters, each alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from events.log import EventLog
from projections.access import EVERYTHING
from projections.events.index import EventFilter, list_events
from runtime.database import Database
from simulator.payloads import COPILOT_AGENT_ID
from tests.conftest import Clock
from tests.projections.builders import FIRST_RECORDED, append_hourly, project
from tests.projections.indexed_history import LANDER, WORKFLOW, a_check_of, a_history, listed

pytestmark = pytest.mark.anyio

EACH_ALONE = [
    (EventFilter(), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
    (EventFilter(type="issues"), [3, 2, 1]),
    (EventFilter(action="opened"), [4, 3, 1]),
    (EventFilter(source="operator"), [10]),
    (EventFilter(source="orchestrator"), [8]),
    (EventFilter(installation=22), [3]),
    (EventFilter(repository=LANDER["id"]), [7, 5, 3]),
    (EventFilter(issue=17), [3, 2, 1]),
    (EventFilter(pull_request=18), [7, 6, 4]),
    (EventFilter(correlation=WORKFLOW), [10, 8]),
    (EventFilter(actor="COPILOT"), [2]),
    (EventFilter(actor="ada-bright"), [9, 7, 6, 4, 3, 1]),
    (EventFilter(actor="ADA-BRIGHT"), [9, 7, 6, 4, 3, 1]),
    (EventFilter(actor=str(COPILOT_AGENT_ID)), [5, 2]),
    (EventFilter(actor="9" * 30), []),
    (EventFilter(actor="٣"), []),
    (EventFilter(before=4), [3, 2, 1]),
    (EventFilter(after=8), [10, 9]),
    (EventFilter(since=FIRST_RECORDED + timedelta(hours=8)), [10, 9]),
    (EventFilter(until=FIRST_RECORDED + timedelta(hours=2)), [2, 1]),
    (EventFilter(since=FIRST_RECORDED - timedelta(days=1)), list(range(10, 0, -1))),
    (EventFilter(until=FIRST_RECORDED), []),
]


async def test_each_filter_alone_lists_the_newest_first(
    store: Database, log: EventLog, clock: Clock
) -> None:
    await append_hourly(log, clock, a_history())
    await project(store)
    for wanted, expected in EACH_ALONE:
        assert (wanted, await listed(store, wanted)) == (wanted, expected)
    assert await listed(store, EventFilter(), limit=2) == [10, 9]
    assert await listed(store, EventFilter(before=9), limit=2) == [8, 7]


async def test_listed_events_are_whole_but_for_their_payload(
    store: Database, log: EventLog
) -> None:
    [appended] = await log.append(a_check_of(18))
    await project(store)
    found = await store.read(lambda c: list_events(c, EVERYTHING, EventFilter(), 1))
    assert found == [replace(appended.event, payload="")]
