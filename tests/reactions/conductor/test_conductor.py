"""The conductor: decides once, only at the log's head, each lane by itself."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import Connection

from aggregates.decisions import Timer
from aggregates.decisions.survey import Look, look_at
from aggregates.lane import Lane
from aggregates.surroundings import Circumstances
from events import lease
from events.catalogue import LanePaused, LaneResumed, ScopePaused, ScopeResumed
from events.envelope import Event
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.access import EVERYTHING, Access
from projections.engine.parked import ParkedEvent, park
from projections.lanes.fold import LANES
from reactions.conductor.stuck import list_stuck
from reactions.conductor.timetable import Reckoner, replace_timers
from reactions.lanes import Lanes, Partition
from tests.conftest import Clock
from tests.projections.stores import CountingReads, FailingWrite
from tests.reactions.conductor.stages import Stage, command, stage
from tests.reactions.growing import GrowingLanes
from tests.service import project
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository
from tests.worlds.stories import run_ci
from tests.worlds.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def play(store: Store, log: EventLog, clock: Clock) -> Stage:
    await project(store)
    return stage(store, log, clock)


def a_red_round(rocket: Repository) -> PullRequest:
    """Have Copilot end a round on an issue while a check fails: others may settle yet."""
    issue = rocket.open_issue("One", labels=("status:queued",))
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue)
    run_ci(pull, "failure")
    pull.finish_round()
    return pull


def kinds(events: list[Event]) -> list[str]:
    return [orjson.loads(event.payload)["kind"] for event in events]


async def test_the_first_of_the_queue_is_decided_for_once(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    rocket.open_issue("Two", labels=("status:queued",))
    await play.happens(*world.deliveries)
    await play.settle()
    [action] = await play.own()
    content = orjson.loads(action.payload)
    assert (content["kind"], content["issue_number"], content["mode"]) == ("assign", 1, "shadow")
    assert (action.repository_id, action.subject_number) == (rocket.id, 1)
    assert action.causation_id == world.deliveries[0].id  # it was opened with its label
    assert (await play.look()).appended == 0


async def test_nothing_is_decided_while_the_lanes_are_behind_the_log(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    for event in world.deliveries:
        await play.log.append(event)
    assert (await play.look()).behind
    assert await play.own() == []


async def test_of_a_log_that_never_rests_what_was_there_is_decided_upon(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    for event in world.deliveries:
        await play.log.append(event)
    lanes = GrowingLanes(play.store, play.log, world.deliveries[0])
    assert (await replace(play.conductor, lanes=lanes).step()).appended == 1
    assert kinds(await play.own()) == ["assign"]


async def test_a_first_start_over_an_old_log_decides_for_the_present_alone(
    play: Stage, world: World, rocket: Repository
) -> None:
    for title in ("One", "Two"):
        issue = rocket.open_issue(title, labels=("status:queued",))
        issue.assign_copilot()
        pull = rocket.copilot_opens(issue)
        run_ci(pull, "failure")
        pull.finish_round()
        pull.mark_ready()
        pull.merge()
    rocket.open_issue("Three", labels=("status:queued",))
    await play.happens(*world.deliveries)
    await play.settle()
    [action] = await play.own()
    assert action.subject_number == len(rocket.issues) + len(rocket.pull_requests)


async def test_where_nothing_is_to_be_done_a_look_reads_once_and_writes_nothing(
    play: Stage, world: World, rocket: Repository
) -> None:
    """Every conductor looks whenever lanes move on, and each second: it is to be cheap."""
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries)
    await play.settle()
    counting = CountingReads(FailingWrite(play.store, 2))
    idle = stage(counting, EventLog(counting, play.clock, Wake()), play.clock)
    assert (await idle.look()).appended == 0  # and stored what it found, as everybody does first
    counting.reads = 0
    assert (await idle.look()).appended == 0
    assert counting.reads == 1


async def test_what_changes_no_wait_and_no_question_is_not_stored(
    play: Stage, world: World, rocket: Repository
) -> None:
    issue = rocket.open_issue("One")
    await play.happens(*world.deliveries)
    counting = CountingReads(FailingWrite(play.store, 2))
    conducting = stage(counting, EventLog(counting, play.clock, Wake()), play.clock)
    await conducting.look()
    issue.edit_title("Another")
    await play.happens(world.deliveries[-1])
    counting.reads = 0
    assert (await conducting.look()).appended == 0
    assert counting.reads == 1


async def test_what_is_stored_of_others_is_known_still_once_one_of_them_differs(
    play: Stage, world: World, rocket: Repository
) -> None:
    one, two = rocket.open_issue("One"), rocket.open_issue("Two")
    await play.happens(*world.deliveries)
    failing = FailingWrite(play.store, 3)
    conducting = stage(failing, EventLog(failing, play.clock, Wake()), play.clock)
    await conducting.look()
    one.assign_copilot()
    await play.happens(world.deliveries[-1])
    await conducting.look()
    assert await play.store.read(lambda c: c.exec_driver_sql("SELECT kind FROM timers").all())
    two.edit_title("Another")
    rocket.open_issue("Three")
    await play.happens(*world.deliveries[-2:])
    assert (await conducting.look()).appended == 0


async def test_a_wait_becomes_an_event_when_it_is_over_and_not_before(
    play: Stage, world: World, rocket: Repository, clock: Clock
) -> None:
    a_red_round(rocket)
    await play.happens(*world.deliveries)
    await play.settle()
    assert "ask_to_fix_ci" not in kinds(await play.own())
    due = (await play.look()).next_due
    assert due is not None
    clock.advance(seconds=(due - clock()) / timedelta(seconds=1) - 1)
    await play.settle()
    assert await play.own("timer") == []
    clock.advance(seconds=2)
    await play.settle()
    [timer] = await play.own("timer")
    assert orjson.loads(timer.payload)["timer"] == "settle"
    assert "ask_to_fix_ci" in kinds(await play.own())


async def test_a_wait_that_another_noted_while_its_clock_was_ahead_is_over_no_later(
    play: Stage, world: World, rocket: Repository, clock: Clock
) -> None:
    clock.advance(days=1)
    a_red_round(rocket)
    await play.happens(*world.deliveries)
    await play.settle()
    clock.advance(days=-1)
    another = stage(play.store, play.log, clock)
    another.conductor.instance = "another"
    await another.settle()
    clock.advance(seconds=59)
    await another.settle()
    assert await play.own("timer") == []
    clock.advance(seconds=2)
    await another.settle()
    assert "ask_to_fix_ci" in kinds(await play.own())


async def test_whoever_starts_afresh_leaves_no_wait_of_an_issue_that_the_lane_forgot(
    play: Stage, world: World, rocket: Repository, clock: Clock
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries)
    await play.settle()
    [known] = (await Lanes(play.store).lane(rocket.id)).lanes
    forgotten = Timer(issue_number=99, kind="no_progress", token="1", since=clock(), due_at=clock())
    here = Reckoner("", clock(), clock())
    await play.store.write(lambda c: replace_timers(c, known.lane, {99}, [forgotten], here))
    rocket.open_issue("Two")
    await play.happens(world.deliveries[-1])
    afresh = stage(play.store, play.log, clock)
    await afresh.settle()
    clock.advance(hours=1)
    await afresh.settle()
    assert await play.own("timer") == []


async def test_news_during_a_wait_begin_it_anew(
    play: Stage, world: World, rocket: Repository, clock: Clock
) -> None:
    pull = a_red_round(rocket)
    await play.happens(*world.deliveries)
    await play.settle()
    clock.advance(seconds=50)
    told = len(world.deliveries)
    pull.run_check("another", "success")
    await play.happens(*world.deliveries[told:])
    await play.settle()
    clock.advance(seconds=50)
    await play.settle()
    assert await play.own("timer") == []
    clock.advance(seconds=11)
    await play.settle()
    assert "ask_to_fix_ci" in kinds(await play.own())


async def test_waits_that_news_begin_anew_are_stored_a_moment_later_and_before_one_is_over(
    play: Stage, world: World, rocket: Repository, clock: Clock
) -> None:
    pull = a_red_round(rocket)
    await play.happens(*world.deliveries)
    late = stage(play.store, play.log, clock)
    late.conductor.puts_off = timedelta(seconds=1)
    await late.settle()
    before = await _waits(play.store)
    clock.advance(seconds=59)
    await late.look()
    told = len(world.deliveries)
    pull.run_check("another", "success")
    await late.happens(*world.deliveries[told:])
    looked = await late.look()
    assert looked.next_due == clock() + timedelta(seconds=1)
    assert await _waits(play.store) == before
    clock.advance(seconds=1)
    await late.look()
    assert await late.own("timer") == []
    anew = await _waits(play.store)
    assert anew != before
    pull.run_check("yet another", "success")
    await late.happens(world.deliveries[-1])
    await late.look()
    assert await _waits(play.store) == anew
    await stage(play.store, play.log, clock).look()  # as if the first were killed
    assert await _waits(play.store) != anew


async def _waits(store: Store) -> list[object]:
    query = "SELECT kind, token, since FROM timers ORDER BY kind"
    return [*await store.read(lambda c: c.exec_driver_sql(query).all())]


async def test_several_conductors_at_once_record_a_decision_once(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries)

    def guard(connection: Connection) -> None:
        lease.acquire(connection, "conductor", "each of them", play.clock())

    several = [stage(play.store, play.log, play.clock, guard=guard) for _ in range(4)]
    await asyncio.gather(*(each.look() for each in several))
    assert kinds(await play.own()) == ["assign"]


async def test_a_share_of_the_lanes_leaves_the_others_alone(
    play: Stage, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries)
    other = stage(play.store, play.log, play.clock, Partition((rocket.id + 1) % 4, 4))
    assert (await other.look()).appended == 0
    own = stage(play.store, play.log, play.clock, Partition(rocket.id % 4, 4))
    assert (await own.look()).appended == 1


async def test_what_concerns_other_shares_alone_costs_no_write_until_it_is_much(
    play: Stage, world: World, rocket: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reactions.checkpoints._WORTH_A_WRITE", 4)
    counting = FailingWrite(play.store)
    own = Partition((rocket.id + 1) % 4, 4)
    other = stage(counting, EventLog(counting, play.clock, Wake()), play.clock, own)
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries[:2])
    for writes, title in ((0, "Two"), (1, "Three"), (1, "Four")):
        assert (await other.look()).appended == 0
        assert counting.writes == writes
        told = len(world.deliveries)
        rocket.open_issue(title, labels=("status:queued",))
        await play.happens(*world.deliveries[told:])
    assert await play.own() == []


async def test_a_share_decides_for_its_own_after_much_that_was_not(
    play: Stage, world: World, rocket: Repository
) -> None:
    own = stage(play.store, play.log, play.clock, Partition(rocket.id % 4, 4))
    await play.happens(command(LanePaused(reason="why"), rocket.id + 1))
    assert (await own.look()).appended == 0
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries)
    assert (await own.look()).appended == 1


@pytest.mark.parametrize("whole", [False, True])
async def test_nothing_is_decided_during_a_pause_and_all_after_it(
    play: Stage, world: World, rocket: Repository, *, whole: bool
) -> None:
    where = None if whole else rocket.id
    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(command((ScopePaused if whole else LanePaused)(reason="later"), where))
    await play.happens(*world.deliveries)
    await play.settle()
    assert await play.own() == []
    resumed = command((ScopeResumed if whole else LaneResumed)(), where)
    await play.happens(resumed)
    await play.settle()
    [action] = await play.own()
    assert action.causation_id == resumed.id


async def test_a_lane_of_which_an_event_could_not_be_folded_is_left_alone_and_shown(
    play: Stage, world: World, rocket: Repository
) -> None:
    other = world.repository("octo-org/lander")
    rocket.open_issue("One", labels=("status:queued",))
    other.open_issue("Two", labels=("status:queued",))
    await play.happens(*world.deliveries)
    spoiled = ParkedEvent(projection=LANES.name, position=1, error="KeyError at nowhere")
    await play.store.write(lambda connection: park(connection, [spoiled]))
    await play.settle()
    [action] = await play.own()
    assert action.repository_id == other.id
    [shown] = await play.store.read(lambda connection: list_stuck(connection, EVERYTHING, 10))
    assert (shown.repository_id, shown.error) == (rocket.id, "event 1: KeyError at nowhere")
    stranger = Access(frozenset({1}))
    assert await play.store.read(lambda connection: list_stuck(connection, stranger, 10)) == []


async def test_a_lane_that_cannot_be_decided_for_stops_no_other_and_is_shown_without_its_text(
    play: Stage, world: World, rocket: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.repository("octo-org/lander")
    rocket.open_issue("One", labels=("status:queued",))
    other.open_issue("Two", labels=("status:queued",))

    def looking(lane: Lane, around: Circumstances, number: int) -> Look | None:
        if lane.repository_id == rocket.id:
            raise LookupError("the text of an issue")
        return look_at(lane, around, number)

    monkeypatch.setattr("aggregates.decisions.survey.look_at", looking)
    await play.happens(*world.deliveries)
    await play.settle()
    [action] = await play.own()
    assert action.repository_id == other.id
    [shown] = await play.store.read(lambda connection: list_stuck(connection, EVERYTHING, 10))
    assert shown.repository_id == rocket.id
    assert re.fullmatch(r"LookupError at \S*looking", shown.error)


async def test_whoever_may_not_decide_notes_nothing(
    play: Stage, world: World, rocket: Repository
) -> None:
    class Lost(Exception):
        pass

    def guard(_connection: Connection) -> None:
        raise Lost

    rocket.open_issue("One", labels=("status:queued",))
    await play.happens(*world.deliveries)
    outsider = stage(play.store, play.log, play.clock, guard=guard)
    with pytest.raises(Lost):
        await outsider.look()
    await play.settle()
    assert kinds(await play.own()) == ["assign"]
