"""The executor: what was decided is done once, in order, and what came of it is recorded."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.catalogue import LanePaused, LaneResumed, ModeSet, WorkflowRetried, WorkflowTakenOver
from events.github.comments import mark_of
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from reactions.executor import Holding
from reactions.executor.claiming import claim
from reactions.executor.outcomes import MAX_ATTEMPTS, MAX_IGNORED
from reactions.executor.tasks import ActionTask, add_tasks
from reactions.ports.answers import Holder, Repository
from reactions.ports.failures import (
    Forbidden,
    GitHubFailure,
    NotFound,
    RateLimited,
    Refused,
    Unauthorised,
    Unavailable,
)
from runtime.database import open_database
from simulator.payloads.installations import INSTALLATION_ID
from tests.conftest import Clock
from tests.databases import SqliteTemplate
from tests.reactions.executor.desk import HELD, Desk, a_desk, queue
from tests.service import project
from tests.worlds.stories import run_ci

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(store: Store, log: EventLog, clock: Clock) -> Desk:
    return await a_desk(store, log, clock)


Hook = Callable[[str, Repository], Awaitable[None]]


def failing(*errors: Exception, what: str = "assign") -> Hook:
    """A hook that raises each of the errors in turn when something is done, then none."""
    left = list(errors)

    async def before(done: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        if done == what and left:
            raise left.pop(0)

    return before


async def test_what_was_decided_is_done_once_and_recorded(desk: Desk) -> None:
    await desk.until_idle()
    assert desk.github.done["assign"] == 1
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"]) == ("succeeded", 1)
    assert content["answer"] == {"status": 200, "request_id": "request-1", "as": "ada"}
    [request] = await desk.requested("assign")
    [outcome] = [each for each in await desk.stage.own() if each.action == "succeeded"]
    assert outcome.causation_id == request.id
    assert outcome.correlation_id == request.correlation_id
    assert (await desk.work()).taken == 0


async def test_what_shadow_mode_decided_is_never_done(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock)
    rocket = desk.world.repositories[0]
    await desk.says(ModeSet(mode="shadow"), rocket, "shadow")
    assert len(await desk.requested("assign")) == 2
    await desk.until_idle()
    assert desk.github.done == {}
    [(action, content)] = await desk.outcomes()  # of the live one
    assert (action, content["why"]) == ("cancelled", "the mode is shadow")


async def test_assigned_already_is_done(desk: Desk) -> None:
    key = ("octo-org/rocket", 1)
    known = desk.github.issues[key]
    desk.github.issues[key] = type(known)(1, "I_1", "open", (198982749,), known.labels)
    await desk.until_idle()
    assert desk.github.done["assign"] == 0
    [(action, content)] = await desk.outcomes()
    assert (action, content["answer"]) == ("succeeded", {"already": True})


@pytest.mark.parametrize(
    "failure",
    [
        NotFound("Not Found", status=404, request_id="r-9"),
        Forbidden("Resource not accessible", status=403, request_id="r-9"),
        Unauthorised("Bad credentials", status=401, request_id="r-9"),
        Refused("Validation failed", status=422, request_id="r-9"),
    ],
    ids=lambda failure: type(failure).__name__,
)
async def test_what_github_refuses_fails_with_its_words_and_needs_a_person(
    desk: Desk, failure: GitHubFailure
) -> None:
    desk.github.before = failing(failure)
    await desk.work()
    [(action, content)] = await desk.outcomes()
    assert (action, content["error"]) == ("failed", str(failure))
    assert content["answer"] == {"status": failure.status, "request_id": "r-9"}
    await desk.stage.settle()
    assert len(await desk.requested("hand_to_person")) == 1
    assert len(await desk.requested("assign")) == 1


async def test_what_is_unavailable_is_tried_again_later_each_time_and_given_up(desk: Desk) -> None:
    desk.github.before = failing(*[Unavailable("Bad gateway", status=502)] * MAX_ATTEMPTS)
    waits = []
    for _ in range(MAX_ATTEMPTS):
        performed = await desk.work()
        assert performed.taken == 1
        if performed.next_due is not None:
            waits.append((performed.next_due - desk.clock()) / timedelta(seconds=1))
            assert (await desk.work()).taken == 0
            desk.clock.advance(seconds=waits[-1])
    assert waits == sorted(waits)
    assert max(waits) <= 300
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"], content["error"]) == (
        "failed",
        MAX_ATTEMPTS,
        "Bad gateway",
    )


async def test_what_github_ignored_is_asked_again_and_given_up_soon(desk: Desk) -> None:
    ignored = Refused("Copilot is not among the assignees", status=201)
    desk.github.before = failing(ignored)
    await desk.work()
    desk.clock.advance(seconds=10)
    await desk.until_idle()
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"]) == ("succeeded", 2)


async def test_what_github_ignores_every_time_needs_a_person(desk: Desk) -> None:
    ignored = Refused("Copilot is not among the assignees", status=201)
    desk.github.before = failing(*[ignored] * 9)
    for _ in range(MAX_IGNORED):
        await desk.work()
        desk.clock.advance(minutes=5)
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"]) == ("failed", MAX_IGNORED)


async def test_an_unexpected_error_is_tried_again_and_its_text_kept_to_the_log(desk: Desk) -> None:
    desk.github.before = failing(RuntimeError("a secret"))
    await desk.work()
    assert await desk.outcomes() == []
    desk.clock.advance(seconds=10)
    await desk.until_idle()
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"]) == ("succeeded", 2)


async def test_a_limit_is_waited_for_and_no_attempt(desk: Desk) -> None:
    until = desk.clock() + timedelta(minutes=20)
    desk.github.before = failing(RateLimited("slow down", until=until, secondary=True, status=403))
    await desk.work()
    desk.clock.advance(minutes=19)
    assert (await desk.work()).taken == 0
    desk.clock.advance(minutes=1, seconds=1)
    await desk.until_idle()
    [(action, content)] = await desk.outcomes()
    assert (action, content["attempts"]) == ("succeeded", 1)


@pytest.mark.parametrize(
    ("holder", "left_alone"),
    [("user", {"set_label", "merge"}), ("installation", set()), (None, set())],
)
async def test_a_limit_of_the_person_keeps_the_app_from_nothing(
    desk: Desk, holder: Holder | None, left_alone: set[str]
) -> None:
    limit = RateLimited("slow down", until=desk.clock() + timedelta(minutes=20), secondary=True)
    limit.holder = holder
    desk.github.before = failing(limit)
    await others_are_due_soon(desk, "set_label", "merge", "mark_ready")
    await desk.work()
    desk.clock.advance(minutes=19)
    holding = Holding("another", HELD)
    taken = await desk.store.write(lambda c: claim(c, desk.clock(), holding, 8))
    assert {task.kind for task in taken} == left_alone


async def others_are_due_soon(desk: Desk, *kinds: str) -> None:
    """Have tasks of other repositories of the installation, a second from now."""
    made = [
        ActionTask(
            action_id=uuid4(),
            position=1,
            repository_id=place,
            installation_id=INSTALLATION_ID,
            kind=kind,
            requested_at=desk.clock(),
            due_at=desk.clock() + timedelta(seconds=1),
        )
        for place, kind in enumerate(kinds, start=1)
    ]
    await desk.store.write(lambda c: add_tasks(c, made))


async def test_actions_of_a_repository_are_done_in_order_and_those_of_others_beside_them(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock, ("octo-org/rocket", "octo-org/lander"))
    under_way: list[str] = []
    both = asyncio.Event()

    async def before(_what: str, repo: Repository) -> None:
        under_way.append(repo.full_name)
        if len(under_way) == 2:
            both.set()
        await both.wait()

    desk.github.before = before
    async with asyncio.timeout(120):
        await desk.work()
    assert sorted(under_way) == ["octo-org/lander", "octo-org/rocket"]


async def test_two_workers_at_once_do_it_once(desk: Desk) -> None:
    await asyncio.gather(*(desk.executor(name).step() for name in ("one", "two", "three")))
    assert desk.github.done["assign"] == 1
    assert len(await desk.outcomes()) == 1


async def test_what_a_dead_worker_held_is_taken_over_and_seen_to_be_done(desk: Desk) -> None:
    async def die(_what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        raise asyncio.CancelledError

    desk.github.after = die  # GitHub has done it, and nobody recorded it
    with pytest.raises(asyncio.CancelledError):
        await desk.executor("dead").step()
    desk.github.after = None
    assert (await desk.work("two")).taken == 0
    desk.clock.advance(seconds=HELD + 1)
    await desk.work("two")
    assert desk.github.done["assign"] == 1
    [(action, content)] = await desk.outcomes()
    assert (action, content["answer"]) == ("succeeded", {"already": True})


async def test_a_pause_stops_it_at_the_last_moment(desk: Desk) -> None:
    rocket = desk.world.repositories[0]
    await desk.says(LanePaused(reason="a release"), rocket)
    await desk.until_idle()
    assert desk.github.done == {}
    assert await desk.outcomes() == []
    await desk.says(LaneResumed(), rocket)
    desk.clock.advance(seconds=10)
    await desk.until_idle()
    assert desk.github.done["assign"] == 1


async def test_what_waited_for_an_hour_is_called_off_and_decided_again(desk: Desk) -> None:
    desk.clock.advance(hours=1, seconds=1)
    await desk.work()
    [(action, content)] = await desk.outcomes()
    assert (action, content["why"]) == ("cancelled", "it waited for longer than an hour")
    await desk.stage.settle()
    first, second = await desk.requested("assign")
    assert first.id != second.id
    await desk.until_idle()
    assert desk.github.done["assign"] == 1


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        ("assigned", "it has nothing to bring about by now"),
        ("closed", "the work is over"),
        ("taken over", "a person took it over"),
        ("retried", "the workflow was started afresh"),
        ("off", "the mode is off"),
    ],
)
async def test_what_has_passed_is_called_off(desk: Desk, happens: str, why: str) -> None:
    rocket = desk.world.repositories[0]
    issue = rocket.issues[0]
    match happens:
        case "assigned":
            issue.assign_copilot()
        case "closed":
            issue.close()
        case "taken over":
            await desk.says(WorkflowTakenOver(issue_number=issue.number), rocket)
        case "retried":
            await desk.says(WorkflowRetried(issue_number=issue.number), rocket)
        case "off":
            await desk.says(ModeSet(mode="off"), rocket, "off")
    await desk.goes_on()
    await desk.work()
    action, content = (await desk.outcomes())[0]
    assert action == "cancelled"
    assert content["why"].startswith(why)


async def test_comments_carry_a_marker_and_are_made_as_whom_they_must_be(desk: Desk) -> None:
    rocket = desk.world.repositories[0]
    issue = rocket.issues[0]
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue)
    run_ci(pull, "failure")
    pull.finish_round()
    await desk.goes_on()
    desk.clock.advance(minutes=2)
    await desk.stage.settle()
    await desk.until_idle()
    [request] = await desk.requested("ask_to_fix_ci")
    [(where, number, body, as_user)] = desk.github.comments
    assert (where, number, as_user) == ("octo-org/rocket", pull.number, True)
    assert body.endswith(f"{mark_of(request.id)}\n")
    assert "@copilot" in body
    assert "`test`" in body


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("bug", "status:mine", "status:queued"), ("bug", "status:in_progress", "status:mine")),
        (("Status:Mine", "Status:Queued"), ("Status:Mine", "status:in_progress")),
        (("Status:In_Progress", "status:queued"), ("Status:In_Progress",)),
    ],
    ids=["", "in another case", "there in another case"],
)
async def test_a_label_takes_the_place_of_ours_and_leaves_peoples(
    desk: Desk, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    rocket = desk.world.repositories[0]
    key = ("octo-org/rocket", 1)
    known = desk.github.issues[key]
    desk.github.issues[key] = type(known)(1, "I_1", "open", (), before)
    rocket.issues[0].assign_copilot()
    await desk.goes_on()
    await desk.until_idle()
    assert desk.github.issues[key].labels == after


CRASHES = st.lists(st.sampled_from(["before", "after", "none", "unavailable"]), max_size=6)


@settings(
    max_examples=15,
)
@given(crashes=CRASHES, seed=st.integers(0, 99))
def test_wherever_workers_die_each_effect_is_there_once(
    sqlite_template: SqliteTemplate,
    tmp_path_factory: pytest.TempPathFactory,
    crashes: list[str],
    seed: int,
) -> None:
    url = sqlite_template.clone(tmp_path_factory.mktemp("crashes"))
    asyncio.run(_lived_through(url, crashes, Random(seed)))  # noqa: S311 (a test's dice)


async def _lived_through(url: str, crashes: list[str], dice: Random) -> None:
    database = open_database(url)
    clock = Clock()
    try:
        desk = await a_desk(database, EventLog(database, clock, Wake()), clock)
        rocket = desk.world.repositories[0]
        queue(desk, rocket, "Another")
        issue = rocket.issues[0]
        for crash in [*crashes, "none", "none"]:
            desk.github.before, desk.github.after = _hooks(crash)
            workers = [desk.executor(name) for name in ("one", "two")]
            dice.shuffle(workers)
            await asyncio.gather(*(each.step() for each in workers), return_exceptions=True)
            await project(database)
            clock.advance(seconds=400)
        await desk.goes_on()
        assert desk.github.done["assign"] == 1
        assert desk.github.issues[rocket.full_name, issue.number].assignee_ids == (198982749,)
        assert [action for action, _ in await desk.outcomes()] == ["succeeded"]
    finally:
        await database.close()


class _Died(BaseException):
    """As a killed process: nothing of ours handles it."""


def _hooks(crash: str) -> tuple[Hook | None, Hook | None]:
    async def die(_what: str, _repo: Repository) -> None:
        await asyncio.sleep(0)
        raise Unavailable("down") if crash == "unavailable" else _Died

    if crash == "none":
        return None, None
    return (None, die) if crash == "after" else (die, None)
