"""What operators told us and what we did, folded from our own events."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane, assembled
from aggregates.lane.commands import is_about_nothing, refusal
from aggregates.lane.evolve import fold
from aggregates.lane.ours import UNTOUCHED, Handling, Ours, Pause, PolicyLayer
from aggregates.lane.own_events import MAX_ASKED, note_own_event
from events.catalogue import (
    ActingUserSet,
    ActionCancelled,
    ActionFailed,
    ActionKind,
    ActionRequested,
    ActionSucceeded,
    InstallationAccepted,
    LanePaused,
    LaneResumed,
    ModeSet,
    OperatorCommand,
    OwnEvent,
    PolicyChanged,
    PolicyProblem,
    QueueReordered,
    ScopePaused,
    ScopeResumed,
    ServiceStopped,
    TimerFired,
    TimerKind,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowLinked,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from events.envelope import Event
from tests.aggregates.builders import (
    ISSUE,
    PULL,
    a_lane,
    a_pull_request_seen,
    an_issue_seen,
    minute,
)
from tests.aggregates.lane.own_events import BEGIN, said
from tests.events.test_catalogue import EXAMPLES

NUMBER = 17
FIRST = UUID(int=1)
OPEN = a_lane(issues={number: an_issue_seen(number) for number in (5, 6, NUMBER)})
LIVE = PolicyChanged(
    layer="repository", origin="f", commit="c1", content="mode: live", document={"mode": "live"}
)
BROKEN = PolicyChanged(
    layer="repository",
    origin="f",
    commit="c2",
    content="mode: loud",
    document=None,
    problems=(PolicyProblem(path="mode", message="too loud"), PolicyProblem(path="", message="no")),
)


def at(position: int) -> datetime:
    """When that position of the log was recorded."""
    return BEGIN + timedelta(minutes=position)


def noted(lane: Lane, event: Event, content: OwnEvent) -> Lane:
    """The lane after something was said; the same object where that changes nothing."""
    ours = note_own_event(lane, event, content)
    return lane if ours is lane.ours else replace(lane, ours=ours)


def lane_after(*contents: OwnEvent) -> Lane:
    """A lane of open issues after these were said, one a position from 1 on, that its id too."""
    lane = assembled(OPEN)
    for position, content in enumerate(contents, start=1):
        lane = noted(lane, said(content, position), content)
    return lane


def ours_after(*contents: OwnEvent) -> Ours:
    return lane_after(*contents).ours


def handling_after(*contents: OwnEvent) -> Handling:
    return ours_after(*contents).handlings.get(NUMBER, UNTOUCHED)


def requested(kind: ActionKind = "assign", token: str = "", generation: int = 0) -> ActionRequested:
    return ActionRequested(
        kind=kind,
        mode="live",
        issue_number=NUMBER,
        head_sha="c0ffee",
        generation=generation,
        token=token,
        reason="it is next",
    )


def fired(timer: TimerKind, token: str) -> TimerFired:
    return TimerFired(issue_number=NUMBER, timer=timer, token=token, due_at=BEGIN)


def test_a_paused_lane_says_since_when_why_and_by_whom() -> None:
    assert ours_after(LanePaused(reason="release")).paused == Pause(1, "release", "ada")


def test_a_pause_lasts_until_the_lane_is_resumed() -> None:
    assert ours_after(LanePaused(reason="first"), LanePaused(reason="second")).paused == Pause(
        1, "first", "ada"
    )
    assert ours_after(LanePaused(), LaneResumed()) == Ours()


def test_the_mode_is_the_last_one_set() -> None:
    assert ours_after(ModeSet(mode="live"), ModeSet(mode="off")).mode == "off"
    assert ours_after(ModeSet(mode="live"), ModeSet(mode=None)).mode is None


def test_the_order_is_the_last_one_given_each_issue_at_its_first_place() -> None:
    orders = (QueueReordered(order=(1, 2)), QueueReordered(order=(3, 1, 3)))
    assert ours_after(*orders).order == (3, 1)


def test_a_policy_is_kept_in_its_canonical_form_with_its_commit() -> None:
    assert ours_after(LIVE).policy == PolicyLayer('{"mode":"live"}', "c1", 1)


def test_a_policy_with_problems_leaves_what_holds_and_is_told_of() -> None:
    policy = ours_after(LIVE, BROKEN).policy
    assert policy == PolicyLayer('{"mode":"live"}', "c1", 1, ("mode: too loud", "no"))


def test_a_policy_that_fits_again_has_no_problems() -> None:
    assert ours_after(BROKEN, LIVE).policy == PolicyLayer('{"mode":"live"}', "c1", 2)


def test_the_same_policy_at_another_commit_is_noted() -> None:
    moved = LIVE.model_copy(update={"commit": "c3"})
    assert ours_after(LIVE, moved).policy == PolicyLayer('{"mode":"live"}', "c3", 2)


def retried(position: int, times: int = 1) -> dict[str, Any]:
    """What is known of work that a person last had started afresh at a position."""
    places = {"resumed": position, "retried": position}
    return {"generation": times, "resumed_at": at(position), **places}


@pytest.mark.parametrize(
    ("commands", "handling"),
    [
        ((WorkflowEnqueued,), Handling(enqueued=True)),
        ((WorkflowSkipped,), Handling(skipped=True)),
        ((WorkflowEnqueued, WorkflowSkipped), Handling(enqueued=True, skipped=True)),
        ((WorkflowSkipped, WorkflowEnqueued), Handling(enqueued=True)),
        ((WorkflowEnqueued, WorkflowSkipped, WorkflowEnqueued), Handling(enqueued=True)),
        ((WorkflowTakenOver,), Handling(taken_over=True)),
        ((WorkflowTakenOver, WorkflowReleased), Handling(resumed_at=at(2), resumed=2)),
        (
            (WorkflowEnqueued, WorkflowRetried),
            Handling(enqueued=True, **retried(2)),
        ),
        (
            (WorkflowSkipped, WorkflowTakenOver, WorkflowRetried),
            Handling(**retried(3)),
        ),
        ((WorkflowRetried, WorkflowRetried), Handling(**retried(2, times=2))),
    ],
)
def test_commands_about_an_issue_change_its_handling(
    commands: tuple[type[WorkflowCommand], ...], handling: Handling
) -> None:
    ours = ours_after(*(kind(issue_number=NUMBER) for kind in commands))
    assert ours == Ours(handlings={NUMBER: handling})


def test_an_action_asked_for_is_remembered_with_its_place() -> None:
    [asked] = handling_after(requested(token="a")).asked
    assert (asked.id, asked.position, asked.at) == (FIRST, 1, said(requested()).recorded_at)
    assert (asked.kind, asked.mode, asked.token, asked.head_sha) == (
        "assign",
        "live",
        "a",
        "c0ffee",
    )
    assert (asked.outcome, asked.error) == ("requested", None)


def test_an_action_of_another_generation_is_not_remembered() -> None:
    assert handling_after(requested(generation=1)).asked == ()
    assert handling_after(WorkflowRetried(issue_number=NUMBER), requested()).asked == ()
    again = (WorkflowRetried(issue_number=NUMBER), requested(generation=1))
    assert [asked.position for asked in handling_after(*again).asked] == [2]


def test_starting_afresh_forgets_actions_and_timers() -> None:
    before = (requested(), fired("settle", "t"))
    over = ActionFailed(action_id=FIRST, issue_number=NUMBER, error="403")
    afresh = handling_after(*before, over, WorkflowRetried(issue_number=NUMBER))
    assert afresh == Handling(**retried(4))


@pytest.mark.parametrize("over", [ActionSucceeded, ActionFailed, ActionCancelled])
def test_of_before_a_fresh_start_what_is_not_over_is_remembered_until_it_is(
    over: type[ActionSucceeded | ActionFailed | ActionCancelled],
) -> None:
    begun = (
        requested(),
        WorkflowRetried(issue_number=NUMBER),
        WorkflowRetried(issue_number=NUMBER),
    )
    assert [each.id for each in handling_after(*begun).left] == [FIRST]
    words = {"action_id": FIRST, "issue_number": NUMBER, "error": "403", "why": "late"}
    content = over.model_validate({k: v for k, v in words.items() if k in over.model_fields})
    assert handling_after(*begun, content) == Handling(**retried(3, times=2))


def test_agent_merge_that_is_on_in_the_end_is_known_to_be_though_a_person_retried_meanwhile() -> (
    None
):
    done = ActionSucceeded(action_id=FIRST, issue_number=NUMBER)
    asked = requested("enable_agent_merge")
    afresh = handling_after(asked, WorkflowRetried(issue_number=NUMBER), done)
    assert afresh.switched_on == 3


def test_of_labels_only_the_newest_is_kept() -> None:
    history = (requested("set_label", "a"), requested("assign"), requested("set_label", "b"))
    kept = [(asked.kind, asked.position) for asked in handling_after(*history).asked]
    assert kept == [("assign", 2), ("set_label", 3)]


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (ActionSucceeded(action_id=FIRST, issue_number=NUMBER), ("succeeded", None)),
        (ActionFailed(action_id=FIRST, issue_number=NUMBER, error="403"), ("failed", "403")),
        (ActionCancelled(action_id=FIRST, issue_number=NUMBER, why="late"), ("cancelled", None)),
    ],
    ids=["succeeded", "failed", "cancelled"],
)
def test_the_outcome_of_an_action_is_the_first_that_is_told(
    outcome: OwnEvent, told: tuple[str, str | None]
) -> None:
    more = (
        ActionFailed(action_id=FIRST, issue_number=NUMBER, error="later"),
        ActionSucceeded(action_id=FIRST, issue_number=NUMBER),
    )
    first, second = handling_after(requested(), requested("merge"), outcome, *more).asked
    assert (first.outcome, first.error) == told
    assert (second.outcome, second.error) == ("requested", None)


def test_the_newest_token_of_each_timer_is_kept() -> None:
    history = (fired("settle", "a"), fired("quiet", "a"), fired("settle", "b"))
    assert handling_after(*history).fired == {"settle": "b", "quiet": "a"}


@pytest.mark.parametrize(
    ("history", "content", "reason"),
    [
        ((LanePaused(),), LanePaused(reason="more"), "the lane is paused already"),
        ((), LaneResumed(), "the lane is not paused"),
        ((ModeSet(mode="live"),), ModeSet(mode="live"), "the mode is live already"),
        ((), ModeSet(mode=None), "the mode is the policy's already"),
        (
            (QueueReordered(order=(1, 2)),),
            QueueReordered(order=(1, 2, 1)),
            "the queue is in this order already",
        ),
        (
            (WorkflowEnqueued(issue_number=5),),
            WorkflowEnqueued(issue_number=5),
            "issue 5 is enqueued already",
        ),
        (
            (WorkflowSkipped(issue_number=5),),
            WorkflowSkipped(issue_number=5),
            "issue 5 is skipped already",
        ),
        (
            (WorkflowTakenOver(issue_number=5),),
            WorkflowTakenOver(issue_number=5),
            "issue 5 is taken over already",
        ),
        (
            (WorkflowTakenOver(issue_number=6),),
            WorkflowReleased(issue_number=5),
            "issue 5 is not taken over",
        ),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_a_command_that_changes_nothing_says_why(
    history: tuple[OwnEvent, ...], content: OwnEvent, reason: str
) -> None:
    lane = lane_after(*history)
    assert refusal(lane, content) == reason
    assert note_own_event(lane, said(content, 9), content) is lane.ours


COMMANDS = (
    WorkflowEnqueued,
    WorkflowSkipped,
    WorkflowRetried,
    WorkflowTakenOver,
    WorkflowReleased,
)
MERGED = a_pull_request_seen(
    state="closed", merged=True, merged_at=minute(5), closing_issue_numbers=(ISSUE,)
)


@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize(
    ("lane", "sentence"),
    [
        (a_lane(issue=an_issue_seen(state="closed")), "issue 1 is closed"),
        (a_lane(issue=an_issue_seen(deleted=True)), "issue 1 was deleted"),
        (a_lane(issue=an_issue_seen(transferred=True)), "issue 1 was transferred"),
        (a_lane(MERGED, issue=an_issue_seen()), f"issue 1 is done: #{PULL} was merged"),
        (
            a_lane(MERGED, issue=an_issue_seen(), reopened={ISSUE: minute(4)}),
            f"issue 1 is done: #{PULL} was merged",
        ),
    ],
)
def test_a_command_about_work_that_is_over_says_why(
    lane: Lane, sentence: str, kind: type[WorkflowCommand]
) -> None:
    lane = replace(lane, ours=replace(lane.ours, handlings={ISSUE: Handling(taken_over=True)}))
    content = kind(issue_number=ISSUE)
    assert refusal(lane, content) == sentence
    assert note_own_event(lane, said(content, 9), content) is lane.ours


@pytest.mark.parametrize(
    "lane",
    [
        a_lane(issue=an_issue_seen()),
        a_lane(MERGED, issue=an_issue_seen(), reopened={ISSUE: minute(6)}),
        a_lane(
            MERGED, a_pull_request_seen(61, closing_issue_numbers=(ISSUE,)), issue=an_issue_seen()
        ),
        a_lane(issue=an_issue_seen(), handling=Handling(skipped=True)),
    ],
    ids=["unqueued", "reopened", "another-is-open", "skipped"],
)
def test_work_that_is_not_over_can_be_taken_up_again(lane: Lane) -> None:
    for kind in (WorkflowRetried, WorkflowEnqueued):
        assert refusal(lane, kind(issue_number=ISSUE)) is None


def linked(works: bool, pull: int = PULL) -> WorkflowLinked:  # noqa: FBT001 (what is said)
    return WorkflowLinked(issue_number=ISSUE, pull_request_number=pull, works=works)


def test_a_persons_word_about_a_pull_request_is_kept_and_the_last_one_counts() -> None:
    lane = a_lane(MERGED, issue=an_issue_seen())
    for position, works in enumerate((True, False), start=1):
        assert refusal(lane, linked(works)) is None
        lane = noted(lane, said(linked(works), position), linked(works))
        assert lane.handling(ISSUE).linked == {PULL: works}
        word = "works" if works else "does not work"
        assert refusal(lane, linked(works)) == f"it was said already that #{PULL} {word} on issue 1"
    again = WorkflowRetried(issue_number=ISSUE)
    reopened = a_lane(issue=an_issue_seen(), handling=lane.handling(ISSUE))
    assert noted(reopened, said(again, 3), again).handling(ISSUE).linked == {PULL: False}


def test_a_persons_word_ties_a_pull_request_to_an_issue_and_takes_it_off_again() -> None:
    lane = a_lane(issue=an_issue_seen(), pull_requests={PULL: a_pull_request_seen(author_id=5)})
    assert lane.linked(ISSUE) == ()
    for position, works in enumerate((True, False), start=lane.position + 1):
        folded = fold(lane, said(linked(works), position))
        lane = folded.lane
        assert lane.linked(ISSUE) == ((PULL,) if works else ())
        assert ISSUE in folded.touched.workflows


def test_of_a_pull_request_that_nobody_has_seen_nothing_can_be_said() -> None:
    lane = a_lane(issue=an_issue_seen())
    assert refusal(lane, linked(works=True)) == f"pull request {PULL} is not known here"


def test_only_so_many_words_about_pull_requests_are_kept() -> None:
    pulls = [a_pull_request_seen(number) for number in range(100, 160)]
    lane = a_lane(*pulls, issue=an_issue_seen())
    for position, pull in enumerate(pulls, start=1):
        content = linked(works=True, pull=pull.number)
        lane = noted(lane, said(content, position), content)
    assert list(lane.handling(ISSUE).linked) == list(range(110, 160))


@pytest.mark.parametrize("kind", COMMANDS)
def test_only_to_queue_and_to_skip_names_an_issue_that_nobody_has_seen(
    kind: type[WorkflowCommand],
) -> None:
    content = kind(issue_number=99)
    names = kind in (WorkflowEnqueued, WorkflowSkipped)
    assert refusal(lane_after(), content) == (None if names else "issue 99 is not known here")
    assert is_about_nothing(lane_after(), content) != names


@pytest.mark.parametrize(
    ("history", "content"),
    [
        ((LIVE,), LIVE),
        ((BROKEN,), BROKEN),
        ((), LIVE.model_copy(update={"layer": "installation"})),
        ((), LIVE.model_copy(update={"layer": "server"})),
        ((), ScopePaused()),
        ((LanePaused(),), ScopeResumed()),
        ((), ActingUserSet(user_id=7, login="ada")),
        ((), ServiceStopped(instance=FIRST)),
        ((), ActionSucceeded(action_id=FIRST, issue_number=NUMBER)),
        ((requested(),), ActionSucceeded(action_id=UUID(int=2), issue_number=NUMBER)),
        ((requested(),), ActionSucceeded(action_id=FIRST, issue_number=NUMBER + 1)),
        ((fired("settle", "t"),), fired("settle", "t")),
    ],
)
def test_what_tells_a_lane_nothing_new_leaves_the_same_object(
    history: tuple[OwnEvent, ...], content: OwnEvent
) -> None:
    lane = lane_after(*history)
    assert note_own_event(lane, said(content, 9), content) is lane.ours
    assert refusal(lane, content) is None


CONTENTS = st.sampled_from(EXAMPLES)
LANE_COMMANDS = [
    each
    for each in EXAMPLES
    if isinstance(each, OperatorCommand)
    and not isinstance(each, ScopePaused | ScopeResumed | InstallationAccepted)
]


@given(history=st.lists(st.tuples(CONTENTS, st.integers(1, 5)), max_size=40))
def test_any_of_our_events_in_any_order_can_be_folded(
    history: list[tuple[OwnEvent, int]],
) -> None:
    lane = lane_after()
    for position, (content, number) in enumerate(history, start=1):
        lane = noted(lane, said(content, position, event_id=UUID(int=number)), content)
        for handling in lane.ours.handlings.values():
            assert len({asked.id for asked in handling.asked}) == len(handling.asked)


@given(history=st.lists(CONTENTS, max_size=20), command=st.sampled_from(LANE_COMMANDS))
def test_a_command_is_refused_exactly_when_it_changes_nothing(
    history: list[OwnEvent], command: OperatorCommand
) -> None:
    lane = lane_after(*history)
    unchanged = note_own_event(lane, said(command, 99), command) == lane.ours
    assert unchanged == (refusal(lane, command) is not None)


@given(
    asks=st.lists(
        st.tuples(st.sampled_from(["assign", "set_label", "merge"]), st.integers(1, 6)), max_size=30
    )
)
def test_the_same_action_is_never_remembered_twice(asks: list[tuple[ActionKind, int]]) -> None:
    lane = lane_after()
    for position, (kind, number) in enumerate(asks, start=1):
        content = requested(kind)
        event = said(content, position, event_id=UUID(int=number))
        lane = noted(lane, event, content)
        assert noted(lane, event, content) is lane
    ids = [asked.id for asked in lane.handling(NUMBER).asked]
    assert len(set(ids)) == len(ids)


def test_what_caps_count_is_remembered_however_often_people_were_told_something_since() -> None:
    told = [requested("hand_to_person", str(each)) for each in range(2 * MAX_ASKED)]
    first, *others = handling_after(requested("ask_to_fix_ci"), *told).asked
    assert (first.kind, first.position, len(others)) == ("ask_to_fix_ci", 1, MAX_ASKED - 1)
    assert others[-1].token == told[-1].token


@given(number=st.integers(0, 3 * MAX_ASKED))
def test_only_the_newest_actions_are_remembered(number: int) -> None:
    asked = handling_after(*[requested()] * number).asked
    kept = range(max(1, number - MAX_ASKED + 1), number + 1)
    assert [each.position for each in asked] == list(kept)
