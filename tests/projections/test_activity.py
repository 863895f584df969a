"""Activity: events per repository, day and type."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from events.envelope import NewEvent
from events.log import EventLog
from projections.access import EVERYTHING
from projections.activity import ACTIVITY, list_activity
from runtime.database import Database
from simulator.payloads import a_repository, deliveries
from tests.conftest import Clock
from tests.projections.builders import a_delivery, folded, project
from tests.projections.histories import our_own

pytestmark = pytest.mark.anyio

ROCKET, LANDER = a_repository("orbit-works/rocket"), a_repository("orbit-works/lander")
FIRST = date(2026, 1, 1)
YEARS = (date(2000, 1, 1), date(2100, 1, 1))


def pushes(number: int) -> list[NewEvent]:
    return [a_delivery("push", deliveries.push(repository=ROCKET)) for _ in range(number)]


def an_issue_of_the_lander() -> NewEvent:
    return a_delivery("issues", deliveries.issues(repository=LANDER))


def test_events_are_counted_by_repository_day_and_type() -> None:
    rows = folded(ACTIVITY, [*pushes(3), an_issue_of_the_lander()])
    assert {key: row.count for key, row in rows.items() if row} == {
        (ROCKET["id"], FIRST, "push"): 3,
        (LANDER["id"], FIRST, "issues"): 1,
    }


def test_a_day_ends_at_midnight_utc() -> None:
    counts = [row.count for row in folded(ACTIVITY, pushes(30)).values() if row]
    assert counts == [24, 6]


def test_events_of_no_repository_are_not_counted() -> None:
    assert folded(ACTIVITY, [our_own()]) == {}


async def test_the_list_is_bounded_by_days_repository_and_limit(
    store: Database, log: EventLog, clock: Clock
) -> None:
    for day in range(3):
        await log.append(*pushes(day + 1), an_issue_of_the_lander())
        clock.advance(days=1)
        await project(store, batch=2)
    second, third = FIRST + timedelta(days=1), FIRST + timedelta(days=2)

    async def listed(
        repository: int | None, days: tuple[date, date] = YEARS, limit: int = 100
    ) -> Sequence[tuple[int, date, str, int]]:
        found = await store.read(lambda c: list_activity(c, EVERYTHING, repository, days, limit))
        return [(row.repository_id, row.day, row.type, row.count) for row in found]

    rocket = [
        (ROCKET["id"], FIRST, "push", 1),
        (ROCKET["id"], second, "push", 2),
        (ROCKET["id"], third, "push", 3),
    ]
    lander = [(LANDER["id"], day, "issues", 1) for day in (FIRST, second, third)]
    assert await listed(ROCKET["id"]) == rocket
    assert await listed(None) == sorted([*rocket, *lander])
    assert await listed(ROCKET["id"], (second, third)) == rocket[1:]
    assert await listed(ROCKET["id"], (FIRST, second)) == rocket[:2]
    assert await listed(None, limit=4) == sorted([*rocket, *lander])[:4]
    assert await listed(404) == []
