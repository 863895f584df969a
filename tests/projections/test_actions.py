"""Actions: what was decided, and the first outcome that was told."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import NewEvent
from events.log import EventLog
from projections.access import EVERYTHING, Access
from projections.actions.fold import ACTIONS
from projections.actions.model import Action, DescribedAction
from projections.actions.queries import ActionFilter, count_failed, find_action, list_actions
from runtime.database import Database
from tests.conftest import Clock
from tests.events.builders import an_event
from tests.projections.builders import (
    FIRST_RECORDED,
    append_hourly,
    folded,
    parked_events,
    placed,
    project,
)
from tests.projections.own_events import (
    ACTION,
    LANE,
    a_cancellation,
    a_failure,
    a_request,
    a_success,
)

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
ELSEWHERE = replace(LANE, installation_id=22, repository_id=8)
OUTCOMES = {"succeeded": a_success(), "failed": a_failure(), "cancelled": a_cancellation()}


def the_action(*history: NewEvent) -> Action:
    [row] = folded(ACTIONS, history).values()
    assert row is not None
    return row


def test_a_request_is_kept_with_its_reason_and_its_cause() -> None:
    cause = placed(an_event(), 1)
    request = a_request(
        ACTION,
        cause=cause,
        kind="ask_to_fix_ci",
        pull_request_number=20,
        head_sha="c0ffee",
        generation=2,
        parameters={"attempt": 1},
    )
    assert the_action(request) == Action(
        id=ACTION,
        position=1,
        installation_id=11,
        repository_id=7,
        issue_number=17,
        pull_request_number=20,
        head_sha="c0ffee",
        kind="ask_to_fix_ci",
        mode="live",
        generation=2,
        decision="it is next in the queue",
        cause=cause.id,
        parameters={"attempt": 1},
        requested_at=FIRST_RECORDED,
    )


def test_a_success_says_how_often_it_was_tried_and_what_github_answered() -> None:
    row = the_action(a_request(ACTION), a_success(attempts=3, answer={"comment_id": 9}))
    assert (row.outcome, row.outcome_position, row.outcome_at) == (
        "succeeded",
        2,
        FIRST_RECORDED + HOUR,
    )
    assert (row.attempts, row.answer, row.error) == (3, {"comment_id": 9}, None)
    assert (row.position, row.requested_at) == (1, FIRST_RECORDED)


def test_a_failure_says_why_and_what_github_answered() -> None:
    row = the_action(a_request(ACTION), a_failure(attempts=5, answer={"status": 403}))
    assert (row.outcome, row.attempts) == ("failed", 5)
    assert (row.error, row.answer) == ("GitHub said no", {"status": 403})


def test_a_cancelled_action_was_never_tried() -> None:
    row = the_action(a_request(ACTION), a_cancellation(why="the check passed"))
    assert (row.outcome, row.attempts, row.error) == ("cancelled", 0, "the check passed")


@given(st.permutations(sorted(OUTCOMES)))
def test_the_first_outcome_holds(order: list[str]) -> None:
    first = the_action(a_request(ACTION), OUTCOMES[order[0]])
    assert first.outcome == order[0]
    assert the_action(a_request(ACTION), *(OUTCOMES[name] for name in order)) == first


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES.keys())
def test_an_outcome_of_an_unknown_request_gives_no_row(outcome: NewEvent) -> None:
    assert set(folded(ACTIONS, [outcome]).values()) == {None}


def test_a_delivery_that_calls_itself_an_action_is_none() -> None:
    assert folded(ACTIONS, [an_event(type="action", action="requested", payload="{}")]) == {}


async def test_actions_are_folded_by_the_database_as_in_memory(
    store: Database, log: EventLog, clock: Clock
) -> None:
    other = UUID(int=2)
    history = [
        a_success(UUID(int=1)),
        a_request(ACTION, reason="a NUL \0 in it"),
        a_request(other, mode="shadow"),
        a_failure(error="a NUL \0 in it"),
        a_success(),
        a_cancellation(other),
    ]
    await append_hourly(log, clock, history)
    await project(store, batch=2)
    assert await parked_events(store) == set()
    found = await store.read(lambda c: list_actions(c, EVERYTHING, ActionFilter(), 10))
    assert [item.id for item in found] == [other, ACTION]
    rows = folded(ACTIONS, history)
    stored = {*DescribedAction.model_fields}
    assert [item.model_dump(include=stored) for item in found] == [
        row.model_dump(include=stored) for row in (rows[(other,)], rows[(ACTION,)]) if row
    ]


@pytest.fixture
async def listed(store: Database, log: EventLog) -> Database:
    """Four actions, by the number of the issue; the last is another installation's."""
    requests = [
        a_request(UUID(int=1), issue_number=1),
        a_request(UUID(int=2), issue_number=2, kind="merge", mode="shadow"),
        a_request(UUID(int=3), issue_number=3),
        a_request(UUID(int=4), issue_number=4, about=ELSEWHERE),
    ]
    await log.append(*requests, a_failure(UUID(int=3)), a_success(UUID(int=1)))
    await project(store)
    return store


WANTED = [
    (ActionFilter(), [4, 3, 2, 1]),
    (ActionFilter(repository=7), [3, 2, 1]),
    (ActionFilter(repository=8), [4]),
    (ActionFilter(issue=2), [2]),
    (ActionFilter(kind="assign"), [4, 3, 1]),
    (ActionFilter(kind="merge"), [2]),
    (ActionFilter(mode="shadow"), [2]),
    (ActionFilter(outcome="requested"), [4, 2]),
    (ActionFilter(outcome="failed"), [3]),
    (ActionFilter(outcome="cancelled"), []),
    (ActionFilter(repository=7, kind="assign", outcome="succeeded"), [1]),
    (ActionFilter(before=3), [2, 1]),
    (ActionFilter(before=1), []),
]


async def test_every_filter_must_match(listed: Database) -> None:
    for wanted, issues in WANTED:
        listing = partial(list_actions, access=EVERYTHING, wanted=wanted)
        found = await listed.read(partial(listing, limit=10))
        assert [item.issue.number for item in found] == issues, wanted
        assert await listed.read(partial(listing, limit=1)) == found[:1], wanted


async def test_one_action_is_found_within_the_scope(listed: Database) -> None:
    ours, theirs = Access(frozenset({7})), Access(frozenset({8}))
    found = await listed.read(lambda c: find_action(c, ours, UUID(int=3)))
    assert found is not None
    assert found.outcome == "failed"
    assert await listed.read(lambda c: find_action(c, theirs, UUID(int=3))) is None
    assert await listed.read(lambda c: find_action(c, EVERYTHING, ACTION)) is None


async def test_the_failed_are_counted_within_the_scope(listed: Database) -> None:
    assert await listed.read(lambda c: count_failed(c, EVERYTHING)) == 1
    assert await listed.read(lambda c: count_failed(c, Access(frozenset({8})))) == 0
