"""How costs follow from the log."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane, fold, initial_state
from aggregates.lane.spending import STARTING, day_of, month_of
from events.catalogue import About, ActionKind, WorkflowRetried
from events.envelope import NewEvent
from projections.costs.fold import COSTS
from projections.costs.model import COUNTED, Cost
from projections.engine.runner import read_event
from tests.projections.builders import folded, placed
from tests.projections.costs.happenings import a_session
from tests.projections.own_events import (
    LANE,
    a_cancellation,
    a_failure,
    a_request,
    a_success,
    told,
)

KINDS: tuple[ActionKind, ...] = (*COUNTED, "set_label", "merge")
WHAT_COUNTS = {
    2: (
        "assign",
        "ask_to_fix_ci",
        "ask_to_resolve_conflicts",
        "ask_to_address_review",
        "enable_agent_merge",
        "rerun_failed_jobs",
    )
}


def rows(history: Sequence[NewEvent]) -> list[Cost]:
    """What cost something, less what was called off."""
    found = [row for row in folded(COSTS, history).values() if row is not None]
    return [row for row in found if row.called_off is None]


@pytest.mark.parametrize("kind", COUNTED)
def test_a_live_request_costs_something_from_when_it_is_recorded(kind: ActionKind) -> None:
    [row] = rows([a_request(kind=kind)])
    assert (row.kind, row.issue_number, str(row.day)) == (kind, 17, "2026-01-01")


def test_what_starts_nothing_and_what_is_not_done_costs_nothing() -> None:
    assert rows([a_request(kind="set_label"), a_request(mode="shadow")]) == []


def test_what_belongs_to_no_repository_costs_nothing() -> None:
    assert rows([a_request(about=About())]) == []


@pytest.mark.parametrize("called_off", [a_failure, a_cancellation])
def test_what_fails_or_passes_costs_nothing_whatever_is_told_of_it_then(
    called_off: Callable[[UUID], NewEvent],
) -> None:
    action = UUID(int=1)
    assert rows([a_request(action), called_off(action), a_success(action)]) == []
    assert len(rows([called_off(action), a_request(action)])) == 1


def test_an_outcome_of_what_costs_nothing_changes_nothing() -> None:
    action = UUID(int=1)
    history = [a_request(action, kind="merge"), a_failure(action), a_request()]
    assert [row.kind for row in rows(history)] == ["assign"]


def test_a_session_goes_from_its_beginning_until_it_last_moved() -> None:
    [row] = rows([a_session(12.5, "in_progress")])
    assert (row.kind, row.seconds, row.ended) == ("session", 750, False)


@pytest.mark.parametrize("state", ["failed", "idle", "waiting_for_user", "cancelled"])
def test_a_state_in_which_it_does_not_work_ends_it(state: str) -> None:
    [row] = rows([a_session(3, state)])
    assert (row.seconds, row.ended) == (180, True)


def test_who_waits_in_the_queue_works_no_minute() -> None:
    assert [row.seconds for row in rows([a_session(9, "queued")])] == [0]


def test_what_counts_is_of_the_version() -> None:
    """Whoever has more, or less, count raises the version: rows are built again."""
    assert WHAT_COUNTS[COSTS.version] == COUNTED


_OUTCOMES = {"succeeded": a_success, "failed": a_failure, "cancelled": a_cancellation}


@st.composite
def stories(draw: st.DrawFn) -> list[NewEvent]:
    """Requests of several issues, each with an outcome or none somewhere behind it."""
    story: list[NewEvent] = []
    for number in range(draw(st.integers(1, 12))):
        issue = draw(st.integers(1, 3))
        kind, mode = draw(st.sampled_from(KINDS)), draw(st.sampled_from(["live", "shadow"]))
        request = a_request(
            UUID(int=number), kind=kind, mode=mode, token=str(number), issue_number=issue
        )
        place = draw(st.integers(0, len(story)))
        story.insert(place, request)
        if name := draw(st.sampled_from(["", *_OUTCOMES])):
            outcome = _OUTCOMES[name](UUID(int=number), issue_number=issue)
            story.insert(draw(st.integers(place + 1, len(story))), outcome)
    return story


@given(stories(), st.randoms())
def test_the_same_is_counted_in_any_order_that_the_log_allows(
    history: list[NewEvent], random: Random
) -> None:
    """An outcome is behind its request; apart from that they may come as they like."""
    moved: list[NewEvent] = []
    waiting = [*history]
    while waiting:
        open_requests = {e.id for e in waiting if e.action == "requested"}
        free = [e for e in waiting if e.action == "requested" or _about(e) not in open_requests]
        moved.append(free.pop(random.randrange(len(free))))
        waiting.remove(moved[-1])
    assert counted(moved) == counted(history)


def _about(event: NewEvent) -> UUID:
    return UUID(json.loads(event.payload)["action_id"])


def counted(history: Sequence[NewEvent]) -> set[tuple[object, ...]]:
    return {(row.id, row.issue_number, row.kind) for row in rows(history)}


@given(stories(), st.data())
def test_it_counts_what_the_ceilings_count(history: list[NewEvent], data: st.DataObject) -> None:
    """Also where a person has an issue started afresh while something is asked for."""
    lane, at = initial_state(LANE.repository_id or 0), None
    lived: list[NewEvent] = []
    for new in history:
        again = data.draw(st.sampled_from([None, None, 1, 2, 3]))
        for each in (new,) if again is None else (told(WorkflowRetried(issue_number=again)), new):
            lived.append(_of_generation(each, lane))
            read = read_event(placed(lived[-1], len(lived)))
            lane, at = fold(lane, read.event, read.facts).lane, read.event.recorded_at
    sessions = [row for row in rows(lived) if row.kind in STARTING]
    spent = lane.ours.spent
    if at is not None and spent.day == day_of(at):
        assert spent.in_day == sum(str(row.day) == spent.day for row in sessions)
        assert spent.month == month_of(at)
    assert spent.in_month == sum(str(row.day).startswith(spent.month) for row in sessions)


def _of_generation(new: NewEvent, lane: Lane) -> NewEvent:
    """A request as it is made where its issue was started afresh so often."""
    content = json.loads(new.payload)
    if new.action != "requested":
        return new
    content["generation"] = lane.handling(content["issue_number"]).generation
    return replace(new, payload=json.dumps(content))
