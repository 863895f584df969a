"""Ceilings on Copilot's sessions: nothing beyond them, and who may raise them is said."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions import outlook, relevance, requested, resurveyed, surveyed
from aggregates.decisions.explaining import decisions_explained
from aggregates.decisions.relevance import Passed, Wanted
from aggregates.lane import evolve, fold, initial_state
from aggregates.lane.ours import Spent
from aggregates.lane.spending import counted, end_of_day, end_of_month
from aggregates.stages import Stage, place
from aggregates.surroundings import circumstances
from aggregates.workflow import workflow_of
from events.catalogue import (
    About,
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    Json,
    ModeSet,
    OwnEvent,
    TimerFired,
    own_event,
)
from tests.aggregates.decisions.tales import GRACE, Tale, policy
from tests.projections.builders import FIRST_RECORDED, placed

REPOSITORY = 7


def live(**sections: dict[str, Json]) -> Tale:
    return Tale({**policy(**sections), "mode": "live"}, has_app=True)


def queued(tale: Tale, *issues: int) -> Tale:
    for number in issues:
        tale.queues(number)
    return tale


def assigned(tale: Tale) -> list[int]:
    return [issue for kind, issue, _ in tale.decided if kind == "assign"]


def test_a_day_starts_as_many_sessions_as_it_may_and_the_rest_waits_for_the_next() -> None:
    tale = queued(live(queue={"max_active": 5}, budget={"sessions_per_day": 2}), 1, 2, 3, 4)
    assert assigned(tale) == [1, 2]
    waiting = tale.placement(3)
    assert waiting.stage == Stage.QUEUED
    assert "a maintainer may raise budget.sessions_per_day" in " ".join(waiting.notes)
    assert {kind for kind, _ in tale.waits()} == {"budget_day"}

    tale.time_passes("budget_day")
    assert assigned(tale) == [1, 2, 3, 4]


def test_a_months_ceiling_holds_beyond_the_day() -> None:
    ceilings: dict[str, Json] = {"sessions_per_day": 2, "sessions_per_month": 3}
    tale = queued(live(queue={"max_active": 5}, budget=ceilings), 1, 2, 3, 4)
    tale.time_passes("budget_day")
    assert assigned(tale) == [1, 2, 3]
    tale.time_passes("budget_day")
    assert assigned(tale) == [1, 2, 3]
    tale.time_passes("budget_month")
    assert assigned(tale) == [1, 2, 3, 4]


def test_without_ceilings_nothing_waits() -> None:
    tale = queued(live(queue={"max_active": 5}), 1, 2, 3)
    assert assigned(tale) == [1, 2, 3]
    assert tale.waits() == []


def test_what_shadow_mode_records_costs_nothing() -> None:
    budget: dict[str, Json] = {"sessions_per_day": 1}
    tale = queued(Tale(policy(queue={"max_active": 5}, budget=budget)), 1, 2)
    assert assigned(tale) == [1, 2]


def test_a_ceiling_that_was_reached_live_keeps_nothing_from_being_recorded_in_shadow_mode() -> None:
    tale = queued(live(queue={"max_active": 5}, budget={"sessions_per_day": 1}), 1, 2)
    assert assigned(tale) == [1]
    tale.say(ModeSet(mode="shadow"))
    assert assigned(tale) == [1, 1, 2]


def test_who_asks_is_told_who_comes_before_it_where_a_ceiling_has_room_for_fewer() -> None:
    budget: Json = {"sessions_per_day": 1}
    tale = queued(Tale({**policy(queue={"max_active": 5}), "budget": budget, "mode": "off"}), 1, 2)
    lane = replace(tale.lane, ours=replace(tale.lane.ours, mode="live"))
    around = circumstances(lane, tale.around)
    told = {}
    for number in (1, 2):
        workflow = workflow_of(lane, around, number)
        assert workflow is not None
        every = decisions_explained(lane, tale.around, workflow, place(workflow))
        [told[number]] = [(each.taken, each.why) for each in every if each.kind == "assign"]
    assert told[1][0]
    assert told[2] == (False, "1 are before it in the queue, and the ceilings leave room for 1")


def test_what_is_called_off_since_a_person_retried_it_counts_no_more() -> None:
    tale = queued(live(budget={"sessions_per_day": 3}), 1)
    for _ in range(5):
        [asked] = tale.lane.handling(1).asked
        tale.retries()
        why = "the workflow was started afresh"
        tale.say(ActionCancelled(action_id=asked.id, issue_number=1, why=why))
    assert (len(assigned(tale)), tale.lane.ours.spent.in_day) == (6, 1)


def test_what_is_done_though_a_person_retried_it_meanwhile_counts_still() -> None:
    tale = queued(live(budget={"sessions_per_day": 2}), 1)
    [asked] = tale.lane.handling(1).asked
    tale.retries()
    tale.say(ActionSucceeded(action_id=asked.id, issue_number=1))
    assert tale.lane.ours.spent.in_day == 2
    tale.say(ActionCancelled(action_id=asked.id, issue_number=1, why="its outcome is known"))
    assert tale.lane.ours.spent.in_day == 2


def test_what_a_ceiling_of_yesterday_kept_back_is_decided_once_a_request_begins_the_day() -> None:
    """That ceiling was not reached: nobody waits for its end, and nothing else looks again."""
    off = policy(budget={"sessions_per_day": 3}) | {"mode": "off"}
    tale = Tale(off)
    for issue, pull in ((1, 50), (2, 60)):
        tale.queues(issue)
        tale.assigns(issue)
        tale.opens(pull, f"Fixes #{issue}")
        tale.checked("failure", pull)
        tale.finishes(pull)
    yesterday = Spent(day="2025-12-31", in_day=2, month="2025-12", in_month=2, at=FIRST_RECORDED)
    around, ours = tale.around, replace(tale.lane.ours, mode="live", spent=yesterday)
    survey = surveyed(replace(tale.lane, ours=ours), around)
    asked = []
    concerned: Collection[int] = survey.looks
    for position in (1001, 1002):
        [decision] = outlook(survey, concerned).decisions
        asked.append((decision.kind, decision.issue_number))
        event = placed(requested(survey.lane, around, decision), position)
        folded = fold(survey.lane, replace(event, recorded_at=FIRST_RECORDED))
        concerned = folded.touched.workflows
        survey = resurveyed(survey, folded.lane, around, concerned)
    assert asked == [("ask_to_fix_ci", 1), ("ask_to_fix_ci", 2)]


def failing(tale: Tale) -> Tale:
    """Copilot's pull request fails, and its round is over."""
    queued(tale, 1)
    tale.assigns()
    tale.opens(draft=True)
    tale.checked("failure")
    tale.finishes()
    return tale


def test_copilot_is_not_asked_to_go_on_beyond_the_day_and_is_after_it() -> None:
    tale = failing(live(budget={"sessions_per_day": 1}))
    assert tale.kinds("assign", "ask_to_fix_ci") == ["assign"]
    assert tale.placement().stage == Stage.CI_FAILED
    assert any("are used up" in note for note in tale.placement().notes)
    tale.time_passes("budget_day")
    assert tale.workflow().circumstances.used_up == ()


def test_an_issue_that_cost_its_rounds_goes_to_a_person_who_is_told_who_may_raise_them() -> None:
    tale = queued(live(budget={"rounds_per_issue": 1}, review={"max_rounds": 9}), 1)
    tale.assigns()
    tale.opens(draft=False)
    tale.checked()
    tale.reviewed("changes_requested", GRACE)
    tale.may_write(50, GRACE)
    assert tale.kinds("ask_to_address_review") == ["ask_to_address_review"]
    tale.commented("@copilot on it", GRACE, "MEMBER")
    tale.changes_pull("synchronize", 50, head={**tale._pulls[50]["head"], "sha": "c" * 40})  # noqa: SLF001
    tale.reviewed("changes_requested", GRACE)
    placement = tale.placement()
    assert (placement.stage, placement.rule) == (Stage.NEEDS_HUMAN, "budget_used_up")
    assert "budget.rounds_per_issue is 1 (by the policy of: repository)" in placement.reason
    assert "a maintainer" in placement.waits[0].what
    assert tale.kinds("ask_to_address_review") == ["ask_to_address_review"]


def test_the_request_that_reaches_a_ceiling_is_wanted_itself() -> None:
    tale = queued(live(queue={"max_active": 5}, budget={"sessions_per_day": 1}), 1, 2)
    [decision] = [each for each in tale.decisions if each.kind == "assign"]
    [asked] = tale.lane.handling(1).asked
    action = ActionRequested(
        kind="assign",
        mode="live",
        issue_number=1,
        generation=0,
        token=decision.token,
        reason=decision.reason,
        parameters=dict(decision.parameters),
    )
    assert relevance(tale.lane, tale.around, asked.id, action) == Wanted()
    other = requested(tale.lane, tale.around, decision)
    assert other.id == asked.id
    of_2 = action.model_copy(update={"issue_number": 2})
    assert isinstance(relevance(tale.lane, tale.around, UUID(int=9), of_2), Passed)


def test_periods_never_go_back() -> None:
    late = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    spent = counted(Spent(), late)
    assert (spent.day, spent.month) == ("2026-11-30", "2026-11")
    assert end_of_day(spent.day) == datetime(2026, 12, 1, tzinfo=UTC) == end_of_month(spent.month)
    after = counted(counted(spent, late + timedelta(minutes=2)), late)
    assert (after.day, after.in_day, after.month, after.in_month) == ("2026-12-01", 2, "2026-12", 2)


# What happens to requests, in any order: what, to which request, how many hours later.
_HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["asks", "asks", "fails", "cancels", "day_ends"]),
        st.integers(0, 9),
        st.integers(0, 30),
    ),
    max_size=25,
)


@given(_HAPPENINGS)
def test_no_order_of_events_counts_fewer_sessions_than_were_started_in_the_day(
    happenings: list[tuple[str, int, int]],
) -> None:
    lane, at, started = initial_state(REPOSITORY), FIRST_RECORDED, dict[int, str]()
    over: set[int] = set()
    for position, (what, which, hours) in enumerate(happenings, start=1):
        at += timedelta(hours=hours)
        number = UUID(int=100 + which) if what == "asks" else UUID(int=1000 + position)
        about = About(repository_id=REPOSITORY, installation_id=1)
        said = own_event(_said(what, which, lane.ours.spent.day, at), number, about=about)
        lane = evolve(lane, replace(placed(said, position), recorded_at=at))
        if what == "asks":
            started.setdefault(which, lane.ours.spent.day)
        elif what in ("fails", "cancels") and which in started:
            over.add(which)
    spent = lane.ours.spent
    alive = [which for which, day in started.items() if day == spent.day and which not in over]
    assert spent.in_day >= len(alive)
    if all(what != "day_ends" for what, *_ in happenings):
        assert spent.in_day == len(alive)


def _said(what: str, which: int, day: str, at: datetime) -> OwnEvent:
    number = UUID(int=100 + which)
    match what:
        case "asks":
            return ActionRequested(
                kind="assign",
                mode="live",
                issue_number=1,
                generation=0,
                token=str(which),
                reason="it is next",
            )
        case "fails":
            return ActionFailed(action_id=number, issue_number=1, error="no")
        case "cancels":
            return ActionCancelled(action_id=number, issue_number=1, why="passed")
    return TimerFired(issue_number=1, timer="budget_day", token=day, due_at=at)


@given(st.permutations([1, 2, 3, 4]), st.integers(1, 4), st.integers(1, 5))
def test_no_order_of_deliveries_starts_more_than_a_day_may(
    order: list[int], ceiling: int, most: int
) -> None:
    budget: dict[str, Json] = {"sessions_per_day": ceiling}
    tale = queued(live(queue={"max_active": most}, budget=budget), *order)
    assert len(assigned(tale)) == min(ceiling, most, len(order))
