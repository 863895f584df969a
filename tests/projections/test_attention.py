"""How a repository's work stands: its mode, its pause, what is under way, and whom it needs."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest

from events.catalogue import (
    About,
    ActingUserSet,
    LanePaused,
    Layer,
    ModeSet,
    PolicyChanged,
    ScopePaused,
    WorkflowTakenOver,
)
from events.envelope import NewEvent
from events.log import EventLog
from projections.access import EVERYTHING, Access
from projections.lanes.model import lane_circumstances
from projections.repositories.item import PauseItem, RepositoryItem
from projections.repositories.queries import list_by_attention, list_repositories
from projections.workflows.queries import count_by_stage, list_queue
from runtime.database import Database
from simulator.payloads import a_repository, an_installation, deliveries
from tests.conftest import Clock
from tests.projections.builders import (
    a_delivery,
    at,
    parked_events,
    project,
    seconds,
    table_rows,
)
from tests.projections.own_events import a_failure, a_request, told
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

HERE = 11
QUEUE = ("status:queued",)
LATE = at(20 * 60)
Doing = Callable[[Repository, About], Iterable[NewEvent]]


def queued(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    rocket.open_issue("One", labels=QUEUE)
    return ()


def assigned(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    rocket.open_issue("One").assign_copilot()
    return ()


def done(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    rocket.open_issue("One", labels=QUEUE).close()
    return ()


def all_blocked(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    other = rocket.open_issue("None of ours")
    rocket.open_issue("One", labels=QUEUE).block_by(other)
    return ()


def one_of_two_blocked(rocket: Repository, about: About) -> Iterable[NewEvent]:
    all_blocked(rocket, about)
    return queued(rocket, about)


def blocked_by_what_is_under_way(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    first = rocket.open_issue("One")
    first.assign_copilot()
    rocket.open_issue("Two", labels=QUEUE).block_by(first)
    return ()


def two_pull_requests(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    issue = rocket.open_issue("One")
    issue.assign_copilot()
    rocket.copilot_opens(issue)
    rocket.copilot_opens(issue)
    return ()


def taken_over(rocket: Repository, about: About) -> Iterable[NewEvent]:
    rocket.open_issue("One", labels=QUEUE)
    yield told(WorkflowTakenOver(issue_number=1), about)


def failed(rocket: Repository, about: About) -> Iterable[NewEvent]:
    rocket.open_issue("One", labels=QUEUE)
    request = a_request(issue_number=1, mode="shadow", about=about)
    yield request
    yield a_failure(request.id, about=about, issue_number=1)


def paused(before: Doing, rocket: Repository, about: About) -> Iterable[NewEvent]:
    yield from before(rocket, about)
    yield told(LanePaused(reason="a release"), about)


def live(before: Doing, rocket: Repository, about: About) -> Iterable[NewEvent]:
    yield from before(rocket, about)
    yield told(ModeSet(mode="live"), about)


def acting(before: Doing, rocket: Repository, about: About) -> Iterable[NewEvent]:
    yield from before(rocket, about)
    yield told(ActingUserSet(user_id=7, login="ada"), About(installation_id=HERE))


def archived(before: Doing, rocket: Repository, about: About) -> Iterable[NewEvent]:
    yield from before(rocket, about)
    late = {"archived": True, "updated_at": LATE}
    yield a_delivery(
        "repository",
        deliveries.repository("archived", repository=rocket.snapshot() | late)
        | {"installation": {"id": HERE}},
    )


def suspended(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    rocket.open_issue("None of ours")
    gone = an_installation(HERE, updated_at=seconds(20 * 60), suspended_at=LATE)
    yield a_delivery(
        "installation", deliveries.installation("suspend", installation=gone, repositories=[])
    )


def nothing(rocket: Repository, _about: About) -> Iterable[NewEvent]:
    rocket.open_issue("None of ours")
    return ()


async def happened(
    store: Database, log: EventLog, *doings: Doing, clock: Clock | None = None
) -> None:
    """Let things happen, each in a repository of its own, and what we say after them."""
    world = World(HERE)
    for number, doing in enumerate(doings):
        before = len(world.deliveries)
        rocket = world.repository(f"octo-org/part-{number}")
        ours = list(doing(rocket, About(installation_id=HERE, repository_id=rocket.id)))
        await log.append(*world.deliveries[before:], *ours)
        if clock is not None:
            clock.advance(hours=1)
    await project(store)


async def the_page(store: Database, access: Access = EVERYTHING) -> RepositoryItem:
    [page] = await store.read(lambda c: list_repositories(c, access, 0, 10))
    return page


@pytest.mark.parametrize(
    ("doing", "attention"),
    [
        (nothing, "idle"),
        (done, "idle"),
        (queued, "running"),
        (assigned, "running"),
        (one_of_two_blocked, "running"),
        (blocked_by_what_is_under_way, "running"),
        (partial(acting, partial(live, queued)), "running"),
        (all_blocked, "stuck"),
        (partial(paused, queued), "stuck"),
        (partial(paused, assigned), "stuck"),
        (partial(live, queued), "stuck"),
        (partial(paused, nothing), "idle"),
        (partial(paused, done), "idle"),
        (partial(live, nothing), "idle"),
        (two_pull_requests, "needs_human"),
        (taken_over, "needs_human"),
        (failed, "needs_human"),
        (partial(paused, two_pull_requests), "needs_human"),
        (suspended, "needs_human"),
        (partial(archived, two_pull_requests), "idle"),
    ],
)
async def test_the_attention_is_the_first_that_applies(
    store: Database, log: EventLog, doing: Doing, attention: str
) -> None:
    await happened(store, log, doing)
    assert (await the_page(store)).attention == attention


async def test_lines_come_by_their_attention_and_then_the_newest_first(
    store: Database, log: EventLog, clock: Clock
) -> None:
    doings = (done, queued, partial(paused, queued), two_pull_requests, nothing, assigned)
    await happened(store, log, *doings, clock=clock)
    pages = await store.read(lambda c: list_by_attention(c, EVERYTHING, 10))
    assert [(page.attention, page.full_name[-1]) for page in pages] == [
        ("needs_human", "3"),
        ("stuck", "2"),
        ("running", "5"),
        ("running", "1"),
        ("idle", "4"),
        ("idle", "0"),
    ]
    assert await store.read(lambda c: list_by_attention(c, EVERYTHING, 2)) == pages[:2]


async def test_the_queue_is_as_deep_as_it_is_long(store: Database, log: EventLog) -> None:
    def several(rocket: Repository, about: About) -> Iterable[NewEvent]:
        for each in (one_of_two_blocked, assigned, done):
            each(rocket, about)
        return ()

    await happened(store, log, several)
    page = await the_page(store)
    queue = await store.read(lambda c: list_queue(c, EVERYTHING, page.id, 10))
    assert page.queue_depth == len(queue) == 2
    stages = await store.read(lambda c: count_by_stage(c, EVERYTHING))
    assert stages == {"queued": 1, "blocked": 1, "in_progress": 1, "done": 1}


async def test_what_has_started_and_is_not_over_is_active_and_what_needs_a_person_comes_last(
    store: Database, log: EventLog
) -> None:
    def several(rocket: Repository, about: About) -> Iterable[NewEvent]:
        two_pull_requests(rocket, about)  # issue 1, pull requests 2 and 3
        issue = rocket.open_issue("Four")
        issue.assign_copilot()
        rocket.copilot_opens(issue)
        for each in (assigned, queued, done):  # 6, 7, 8
            each(rocket, about)
        rocket.open_issue("Nine", labels=QUEUE)
        yield told(WorkflowTakenOver(issue_number=9), about)

    await happened(store, log, several)
    page = await the_page(store)
    assert [(each.issue.number, each.stage) for each in page.active] == [
        (4, "draft"),
        (6, "in_progress"),
        (1, "needs_human"),
    ]
    assert page.needs_human == 2  # one of them never started


async def test_only_the_first_active_workflows_of_each_repository_are_shown(
    store: Database, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.workflows.queries.MOST_ACTIVE", 2)

    def three(rocket: Repository, about: About) -> Iterable[NewEvent]:
        for _ in range(3):
            assigned(rocket, about)
        return ()

    await happened(store, log, three, three)
    pages = await store.read(lambda c: list_repositories(c, EVERYTHING, 0, 10))
    assert [[each.issue.number for each in page.active] for page in pages] == [[1, 2], [1, 2]]


def said_of(layer: Layer, mode: str, about: About) -> NewEvent:
    return told(PolicyChanged(layer=layer, origin="x", content="x", document={"mode": mode}), about)


async def test_the_mode_is_the_operators_or_else_the_nearest_policys(
    store: Database, log: EventLog
) -> None:
    await happened(store, log, queued)
    repository_id = (await the_page(store)).id
    lane = About(installation_id=HERE, repository_id=repository_id)
    seen = []
    for event in (
        None,
        said_of("server", "live", About()),
        said_of("installation", "off", About(installation_id=HERE)),
        said_of("repository", "live", lane),
        told(ModeSet(mode="off"), lane),
        told(ModeSet(mode=None), lane),
    ):
        await log.append(*[event] if event else [])
        await project(store)
        summary = await the_page(store)
        seen.append((summary.mode, summary.mode_origin))
    assert seen == [
        ("shadow", "built-in"),
        ("live", "server"),
        ("off", "installation"),
        ("live", "repository"),
        ("off", "operator"),
        ("live", "repository"),
    ]


async def test_of_a_repository_without_a_lane_the_mode_is_known_all_the_same(
    store: Database, log: EventLog
) -> None:
    account = an_installation(HERE)
    listed = deliveries.installation(installation=account, repositories=[a_repository()])
    await log.append(a_delivery("installation", listed))
    await project(store)
    summary = await the_page(store)
    assert (summary.mode, summary.mode_origin) == ("shadow", "built-in")
    await log.append(
        said_of("installation", "live", About(installation_id=HERE)),
        told(ScopePaused(reason="an outage"), About()),
        told(ActingUserSet(user_id=7, login="ada"), About(installation_id=HERE)),
    )
    await project(store)
    summary = await the_page(store)
    assert (summary.mode, summary.mode_origin) == ("live", "installation")
    assert summary.paused == PauseItem(where="everything", reason="an outage")
    assert (summary.acting_user, summary.attention) == ("ada", "idle")


async def test_the_widest_pause_is_shown(store: Database, log: EventLog) -> None:
    await happened(store, log, partial(paused, queued))
    seen = [(await the_page(store))]
    for about in (About(installation_id=HERE), About()):
        await log.append(told(ScopePaused(reason="an outage"), about))
        await project(store)
        seen.append(await the_page(store))
    assert [each.paused for each in seen] == [
        PauseItem(where="lane", reason="a release"),
        PauseItem(where="installation", reason="an outage"),
        PauseItem(where="everything", reason="an outage"),
    ]


async def test_a_reason_that_no_database_takes_is_shown_as_far_as_it_can_be(
    store: Database, log: EventLog
) -> None:
    await happened(store, log, queued)
    lane = About(installation_id=HERE, repository_id=(await the_page(store)).id)
    await log.append(told(LanePaused(reason="a NUL \0 in it"), lane))
    await project(store)
    assert await parked_events(store) == set()
    assert (await the_page(store)).paused == PauseItem(where="lane", reason="a NUL \ufffd in it")


async def test_every_lane_has_a_page_from_its_first_event(store: Database, log: EventLog) -> None:
    await log.append(said_of("server", "live", About()))
    await project(store)
    await log.append(told(LanePaused(reason="a release"), About(repository_id=7)))
    await project(store)
    page = (await table_rows(store, lane_circumstances))[(7,)]
    assert (page["mode"], page["mode_origin"]) == ("live", "server")


async def test_what_an_operator_said_of_a_lane_is_shown_before_a_delivery_tells_whose_it_is(
    store: Database, log: EventLog
) -> None:
    listed = deliveries.installation(
        installation=an_installation(HERE), repositories=[a_repository()]
    )
    about = About(installation_id=HERE, repository_id=a_repository()["id"])
    await log.append(a_delivery("installation", listed), told(ModeSet(mode="live"), about))
    await project(store)
    summary = await the_page(store, Access(frozenset({a_repository()["id"]})))
    assert (summary.mode, summary.mode_origin) == ("live", "operator")
