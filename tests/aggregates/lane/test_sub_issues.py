"""An epic's parts, however deliveries and answers about them come."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions import decide, resurveyed, surveyed
from aggregates.lane import Folded, Lane, assembled, fold, initial_state
from aggregates.stages import place
from aggregates.surroundings import circumstances
from aggregates.workflow import workflow_of
from events.catalogue import About, Json, ModeSet, PolicyChanged, ResyncObserved, own_event
from events.envelope import OPERATOR, NewEvent
from events.github.observations import observed_event
from projections.engine.runner import read_event
from simulator.payloads import INSTALLATION_ID, Payload, a_repository, an_issue
from simulator.payloads.deliveries import issues, sub_issues
from tests.aggregates.decisions.conducted import USER
from tests.projections.builders import FIRST_RECORDED, a_delivery, at, placed
from tests.worlds.examples import SOME

HOME = a_repository()
EPIC, INNER, PARTS = 1, 2, (2, 3, 4, 5, 6)
HERE = About(repository_id=HOME["id"], installation_id=INSTALLATION_ID)
AFTER_ALL = FIRST_RECORDED + timedelta(days=99)
POLICY: dict[str, Json] = {"queue": {"epics": True, "max_active": 20}, "labels": {"sync": False}}


def an_issue_at(number: int, minute: int, *, total: int = 0, **changes: Any) -> Payload:  # noqa: ANN401 (any field)
    labels = ("status:queued",) if number == EPIC else ()
    counts = {"total": total, "completed": 0, "percent_completed": 0}
    return an_issue(
        number,
        repository=HOME,
        labels=labels,
        updated_at=at(minute),
        sub_issues_summary=counts,
        **changes,
    )


def opened(number: int) -> NewEvent:
    return a_delivery("issues", issues(issue=an_issue_at(number, number), repository=HOME))


def closed(number: int) -> NewEvent:
    issue = an_issue_at(number, 90, state="closed", state_reason="completed")
    return a_delivery("issues", issues("closed", issue=issue, repository=HOME))


def told(action: str, parent: int, child: int, minute: int) -> NewEvent:
    ends = {
        "parent": an_issue_at(parent, minute, total=minute),
        "child": an_issue_at(child, minute),
    }
    return a_delivery("sub_issues", sub_issues(action, repository=HOME, **ends))


def answered(parent: int, parts: list[int], asked_at: datetime) -> NewEvent:
    listed: list[Json] = [
        {"repository_id": HOME["id"], "number": n, "state": "open"} for n in parts
    ]
    answer: dict[str, Json] = {"number": parent, "asked_at": asked_at.isoformat(), "parts": listed}
    content = ResyncObserved(kind="sub_issues", object=answer)
    event_id = UUID(int=int(asked_at.timestamp()) * 10 + parent)
    return observed_event(content, event_id, HOME["id"], INSTALLATION_ID)


def ruled() -> list[NewEvent]:
    policy = PolicyChanged(
        layer="repository", origin=".github/copilot-orchestrator.yml", content="", document=POLICY
    )
    mode = own_event(ModeSet(mode="live"), UUID(int=2), source=OPERATOR, about=HERE)
    return [own_event(policy, UUID(int=1), about=HERE), mode]


@st.composite
def histories(draw: st.DrawFn) -> list[NewEvent]:
    """An epic with an epic in it and parts that move, are closed, and are asked about."""
    heard = [opened(number) for number in (EPIC, *PARTS)]
    for minute in range(20, 20 + draw(st.integers(1, 8))):
        parent, child = draw(st.sampled_from([(EPIC, n) for n in PARTS] + [(INNER, 5), (INNER, 1)]))
        action = draw(
            st.sampled_from(["sub_issue_added", "parent_issue_added", "sub_issue_removed"])
        )
        heard.append(told(action, parent, child, minute))
    heard += [closed(number) for number in draw(st.sets(st.sampled_from(PARTS), max_size=2))]
    for hour in draw(st.lists(st.integers(0, 30), max_size=3, unique=True)):
        heard.append(answered(draw(st.sampled_from([EPIC, INNER])), drawn_parts(draw), hours(hour)))
    last = [
        answered(EPIC, drawn_parts(draw), hours(60)),
        answered(EPIC, drawn_parts(draw), hours(61)),
    ]
    return [*ruled(), *draw(st.permutations(heard)), *last]


def drawn_parts(draw: st.DrawFn) -> list[int]:
    return draw(st.lists(st.sampled_from((EPIC, *PARTS)), max_size=4, unique=True))


def hours(number: int) -> datetime:
    return FIRST_RECORDED + timedelta(hours=number)


def steps(history: list[NewEvent]) -> list[tuple[Lane, Folded]]:
    lane, found = initial_state(HOME["id"]), []
    for position, new in enumerate(history, start=1):
        read = read_event(placed(new, position))
        folded = fold(lane, read.event, read.facts)
        found.append((lane, folded))
        lane = folded.lane
    return found


def standing(lane: Lane, number: int) -> object:
    workflow = workflow_of(lane, circumstances(lane, USER), number)
    return None if workflow is None else (place(workflow), workflow.epic, workflow.is_epic)


def is_open(lane: Lane, number: int) -> bool:
    seen = lane.issue(number).seen
    return seen is not None and seen.state == "open"


@SOME
@given(history=histories(), order=st.permutations(PARTS))
def test_the_order_is_the_epics_whatever_order_deliveries_came_in(
    history: list[NewEvent], order: list[int]
) -> None:
    inner = [number for number in order if number in (5, 6)]
    outer = [number for number in order if number not in inner]
    answers = [answered(EPIC, outer, AFTER_ALL), answered(INNER, inner, AFTER_ALL)]
    lane = steps([*history, *answers])[-1][1].lane
    [*decisions] = decide(lane, USER)
    opened_yet = [number for number in outer if is_open(lane, number)]
    wanted: list[int] = []
    for number in opened_yet:
        parts = [each for each in inner if is_open(lane, each)]
        wanted += parts if number == INNER else [number]
    assert [each.issue_number for each in decisions if each.kind == "assign"] == wanted


@SOME
@given(history=histories())
def test_whatever_of_parts_differs_after_an_event_was_touched_by_it(
    history: list[NewEvent],
) -> None:
    survey = surveyed(initial_state(HOME["id"]), USER)
    for before, folded in steps(history):
        after, touched = folded.lane, folded.touched
        assert after == assembled(after)
        survey = resurveyed(survey, after, USER, touched.workflows)
        assert survey == surveyed(after, USER)
        if not touched.everything:
            moved = {
                n
                for n in before.numbers & after.numbers
                if standing(before, n) != standing(after, n)
            }
            assert moved <= touched.workflows


@SOME
@given(history=histories())
def test_nothing_is_started_by_an_answer_that_is_older_than_a_change(
    history: list[NewEvent],
) -> None:
    for _, folded in steps(history):
        lane = folded.lane
        for each in decide(lane, USER):
            workflow = workflow_of(lane, circumstances(lane, USER), each.issue_number)
            assert workflow is not None
            if each.kind == "assign" and workflow.epic is not None:
                known = lane.issue(workflow.epic)
                heard = known.heard_sub_issues
                assert known.sub_issues is not None
                assert heard is None or known.sub_issues.at > heard.at


def test_an_older_answer_that_comes_late_changes_nothing() -> None:
    newer, older = answered(EPIC, [4, 3], hours(9)), answered(EPIC, [3, 4], hours(2))
    one, other = steps([opened(EPIC), newer, older]), steps([opened(EPIC), older, newer])
    assert one[-1][1].lane.issues[EPIC].sub_issues == other[-1][1].lane.issues[EPIC].sub_issues


def test_open_parts_are_kept_though_they_carry_no_label() -> None:
    numbers = list(range(2, 102))
    many = [answered(EPIC, numbers, hours(1)), *(opened(number) for number in numbers)]
    others = [opened(number) for number in range(200, 420)]
    lane = steps([*ruled(), opened(EPIC), *many, *others])[-1][1].lane
    assert set(numbers) <= lane.issues.keys()
    started = [each for each in decide(lane, USER) if each.kind == "assign"]
    assert [each.issue_number for each in started] == numbers[:20]
