"""Costs are summed up by repository and issue, of a month, now and as of any moment."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from events.catalogue import About
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING, Access
from projections.costs.item import Costs
from projections.costs.queries import (
    Summed,
    Wanted,
    costs_of_issues,
    costs_of_repositories,
    count_with_costs,
    sum_of_costs,
)
from tests.conftest import Clock
from tests.projections.builders import project
from tests.projections.costs.happenings import BEGAN, a_session
from tests.projections.own_events import LANE, a_failure, a_request

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

OTHER = About(installation_id=11, repository_id=8)
FAILS = UUID(int=5)
NEXT_MONTH = BEGAN + timedelta(days=31)


async def told(store: Store, log: EventLog, *history: NewEvent) -> None:
    await log.append(*history)
    await project(store)


async def summed(store: Store, as_of: int | None = None, **wanted: object) -> Summed:
    asked = Wanted(**wanted)  # type: ignore[arg-type]  # any field of it
    return await store.read(lambda c: sum_of_costs(c, EVERYTHING, asked, as_of))


async def test_each_kind_is_counted_for_itself(store: Store, log: EventLog) -> None:
    await told(
        store,
        log,
        a_request(),
        *[a_request(kind="ask_to_fix_ci") for _ in range(2)],
        a_request(kind="ask_to_address_review"),
        a_request(kind="rerun_failed_jobs"),
        a_request(FAILS, kind="ask_to_fix_ci"),
        a_failure(FAILS),
        a_session(10),
    )
    assert (await summed(store)).costs == Costs(
        sessions=4,
        assignments=1,
        rounds=3,
        mentions={"ask_to_fix_ci": 2, "ask_to_address_review": 1},
        reruns=1,
        minutes=10,
    )


async def test_where_github_tells_of_no_session_no_minutes_are_known(
    store: Store, log: EventLog
) -> None:
    await told(store, log, a_request())
    assert (await summed(store)).costs.minutes is None


async def test_a_round_counts_once_however_often_and_in_whatever_order_it_is_told_of(
    store: Store, log: EventLog
) -> None:
    """Of what is told of it after its end, which GitHub dates anew, nothing counts."""
    answers = ((5, "in_progress"), (20, "completed"), (300, "completed"))
    for task, order in enumerate(permutations(answers)):
        await log.append(*[a_session(*each, task=str(task)) for each in order])
    await project(store)
    assert (await summed(store)).costs.minutes == 6 * 20


async def test_each_round_of_a_task_is_its_own(store: Store, log: EventLog) -> None:
    later = BEGAN + timedelta(hours=3)
    await told(store, log, a_session(20), a_session(10, "in_progress", began_at=later))
    assert (await summed(store)).costs.minutes == 30


async def test_a_month_has_what_was_recorded_and_what_began_in_it(
    store: Store, log: EventLog, clock: Clock
) -> None:
    await log.append(a_request())
    clock.now = NEXT_MONTH
    await told(store, log, a_request(), a_session(20), a_session(5, began_at=NEXT_MONTH))
    january, february = [(await summed(store, month=m)).costs for m in ("2026-01", "2026-02")]
    assert (january.sessions, january.minutes) == (1, 20)
    assert (february.sessions, february.minutes) == (1, 5)
    assert (await summed(store, month="2026-03")).costs.sessions == 0


async def test_sessions_of_a_day_are_counted_besides(
    store: Store, log: EventLog, clock: Clock
) -> None:
    await log.append(a_request())
    clock.advance(days=1)
    await told(store, log, a_request(), a_request(kind="rerun_failed_jobs"))
    found = await summed(store, month="2026-01", today=date(2026, 1, 2))
    assert (found.costs.sessions, found.today) == (2, 1)


async def test_they_are_listed_by_repository_and_by_issue(store: Store, log: EventLog) -> None:
    await told(
        store,
        log,
        a_request(),
        a_request(issue_number=18),
        a_request(issue_number=18, kind="ask_to_fix_ci"),
        a_request(about=OTHER, issue_number=1),
    )
    wanted = Wanted(month="2026-01")
    every = await store.read(lambda c: costs_of_repositories(c, EVERYTHING, wanted, 0, 10))
    assert {number: each.costs.sessions for number, each in every.items()} == {7: 3, 8: 1}
    rest = await store.read(lambda c: costs_of_repositories(c, EVERYTHING, wanted, 7, 10))
    first = await store.read(lambda c: costs_of_repositories(c, EVERYTHING, wanted, 0, 1))
    assert ([*first], [*rest]) == ([7], [8])
    here = Wanted(repository=7, month="2026-01")
    issues = await store.read(lambda c: costs_of_issues(c, EVERYTHING, here, 0, 10))
    assert [(each.issue.number, each.costs.sessions) for each in issues] == [(17, 1), (18, 2)]
    number = await store.read(lambda c: count_with_costs(c, EVERYTHING, "issue_number", here))
    assert number == len(issues)


async def test_what_was_not_yet_called_off_counted_then(store: Store, log: EventLog) -> None:
    await told(store, log, a_request(FAILS), a_session(5, "in_progress"), a_failure(FAILS))
    await told(store, log, a_session(20))
    then = [(await summed(store, as_of=position)).costs for position in range(5)]
    assert [each.sessions for each in then] == [0, 1, 1, 0, 0]
    assert [each.minutes for each in then] == [None, None, 5, 5, 20]


@pytest.mark.parametrize(("held", "sessions"), [({7}, 2), ({8}, 1), ({7, 8}, 3), (set(), 0)])
async def test_what_one_may_not_see_is_not_counted(
    store: Store, log: EventLog, held: Iterable[int], sessions: int
) -> None:
    await told(store, log, a_request(), a_request(about=LANE), a_request(about=OTHER))
    access = Access(frozenset(held))
    found = await store.read(lambda c: sum_of_costs(c, access, Wanted()))
    assert found.costs.sessions == sessions
