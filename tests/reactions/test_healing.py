"""A lost delivery is healed: delivered again, or by looking at what is open on GitHub."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from itertools import cycle
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane, initial_state
from aggregates.lane.parts import Check
from events.envelope import NewEvent
from events.github import NEVER, IssueSeen, PullRequestSeen
from events.github.observations import read_observation
from events.log import EventLog
from events.wake import Wake
from reactions.lanes import Lanes
from reactions.ports.answers import Repository as GitHubRepository
from reactions.recovery import Recovery
from reactions.resync.looking import Looking
from reactions.resync.news import news
from reactions.visits import Place
from tests.aggregates.lane.folds import folded, seen
from tests.conftest import Clock
from tests.projections import histories
from tests.projections.builders import another
from tests.reactions.recovered_github import RecoveredGitHub
from tests.service import project
from tests.worlds.examples import SOME
from tests.worlds.histories import permuted, worlds
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

LONG_AFTER = datetime(2030, 1, 1, tzinfo=UTC)
OF_TIME = ("updated_at", "settled_at", "borrowed")
S = TypeVar("S", IssueSeen, PullRequestSeen)


@dataclass(frozen=True, slots=True)
class Lossy:
    """A world, and those of its deliveries that arrive."""

    world: World
    arrived: list[NewEvent]


@st.composite
def lossy(draw: st.DrawFn, worlds: st.SearchStrategy[World]) -> Lossy:
    """A world of whose deliveries any may be lost."""
    world = draw(worlds)
    arrives = draw(st.lists(st.booleans(), min_size=60, max_size=60))
    fates = zip(world.deliveries, cycle(arrives))
    return Lossy(world, [event for event, arrives in fates if arrives])


@histories.WITH_DATABASES
@given(case=lossy(worlds(max_operations=12)))
async def test_delivered_again_it_is_as_if_nothing_had_been_lost(
    new_database: Callable[[], str], case: Lossy
) -> None:
    world, arrived = case.world, case.arrived
    async with another(new_database) as store:
        clock = Clock()
        log = EventLog(store, clock, Wake())
        for event in arrived:
            await log.append(event)
        github = RecoveredGitHub(world, arrived=log.append)
        for event in world.deliveries:
            github.attempted(event, clock(), "OK" if event in arrived else "Service Unavailable")
        clock.advance(minutes=10)
        recovery = Recovery(github=github, store=store, clock=clock, at_once=1000, pause=0)
        recovered = await recovery.step()
        assert recovered.asked == len(world.deliveries) - len(arrived)
        assert (await recovery.step()).settled
        await project(store)
        for repository in world.repositories:
            [reflected] = (await Lanes(store).lane(repository.id)).lanes
            assert seen(reflected.lane) == seen(folded(repository.id, world.deliveries))


def shuffles() -> st.SearchStrategy[Random]:
    """Dice for what is shuffled after something was awaited, where nothing can be drawn in full."""
    return st.integers(0, 2**32).map(Random)


@SOME
@given(case=lossy(worlds(max_operations=20, ties=False)))
async def test_what_is_open_is_known_after_a_resync_and_a_second_one_has_nothing_to_tell(
    case: Lossy,
) -> None:
    world, arrived = case.world, case.arrived
    github = RecoveredGitHub(world)
    for repository in world.repositories:
        history = [event for event in arrived if event.repository_id == repository.id]
        history += await resynced(github, repository, history)
        assert await resynced(github, repository, history) == []
        whole = folded(repository.id, world.deliveries)
        assert_open_work_is_the_same(folded(repository.id, history), whole, repository)


@SOME
@given(case=lossy(worlds(max_operations=20, ties=True)), data=st.data(), dice=shuffles())
async def test_whatever_was_lost_and_whatever_shares_a_second_is_as_github_says_in_the_end(
    case: Lossy, data: st.DataObject, dice: Random
) -> None:
    world = case.world
    arrived = data.draw(permuted(case.arrived))
    github = RecoveredGitHub(world)
    for repository in world.repositories:
        history = [event for event in arrived if event.repository_id == repository.id]
        history += await resynced(github, repository, history)
        lane = folded(repository.id, dice.sample(history, len(history)))
        for said in await open_now(github, repository):
            assert is_as(said, lane)


async def resynced(
    github: RecoveredGitHub, repository: Repository, history: Sequence[NewEvent]
) -> list[NewEvent]:
    """Return what a resync of a repository adds to its history, long after all of it."""
    looking = await looked(github, repository, folded(repository.id, history))
    return news(looking.place, looking.seen, LONG_AFTER)


async def looked(github: RecoveredGitHub, repository: Repository, lane: Lane) -> Looking:
    installation_id = repository.webhook.installation["id"]
    place = Place(GitHubRepository(installation_id, repository.full_name), lane)
    looking = Looking(github, place)
    await looking.look()
    return looking


async def open_now(
    github: RecoveredGitHub, repository: Repository
) -> list[IssueSeen | PullRequestSeen]:
    """What GitHub says of each open issue and pull request of a repository."""
    looking = await looked(github, repository, initial_state(repository.id))
    installation_id = repository.webhook.installation["id"]
    facts = [
        fact
        for each in looking.seen
        for fact in read_observation(each, repository.id, installation_id).facts
    ]
    return [fact for fact in facts if isinstance(fact, IssueSeen | PullRequestSeen)]


def is_as(said: IssueSeen | PullRequestSeen, lane: Lane) -> bool:
    """Whether a lane knows all that GitHub says of a thing, and does not doubt it."""
    issue = isinstance(said, IssueSeen)
    known = (lane.seen_issues if issue else lane.seen_pull_requests)[said.number]
    told = {
        each.name: value
        for each in fields(said)
        if (value := getattr(said, each.name)) is not None and each.name not in OF_TIME
    }
    return told == {name: getattr(known, name) for name in told}


def assert_open_work_is_the_same(lane: Lane, whole: Lane, repository: Repository) -> None:
    assert open_issues(lane) == open_issues(whole)
    assert open_pulls(lane) == open_pulls(whole)
    assert lane.repository is not None
    assert lane.repository.full_name == repository.full_name
    for number, pull in open_pulls(whole).items():
        reviews = whole.pull_request(number).reviews
        assert lane.pull_request(number).reviews == reviews
        assert checks(lane, pull.head_sha) == checks(whole, pull.head_sha)


def timeless(seen: S) -> S:
    return replace(seen, updated_at=NEVER, settled_at=NEVER, uncertain=False, borrowed=())


def open_issues(lane: Lane) -> dict[int, IssueSeen]:
    """The open issues but for times that change alone, and counts that change without a time."""
    return {
        number: replace(timeless(issue), blocked_by_open=None, blocked_by_total=None)
        for number, issue in lane.seen_issues.items()
        if issue.state == "open" and not (issue.deleted or issue.transferred)
    }


def open_pulls(lane: Lane) -> dict[int, PullRequestSeen]:
    """The open pull requests but for times that change alone, such as by a comment."""
    return {
        number: timeless(pull)
        for number, pull in lane.seen_pull_requests.items()
        if pull.state == "open"
    }


def checks(lane: Lane, sha: str) -> dict[str, Check]:
    """The checks of a commit but for suites, which are only told of by what is in them.

    When an attempt was first heard of only its first delivery can tell.
    """
    known = lane.commit(sha).checks
    return {
        slot: replace(check, first_at=None)
        for slot, check in known.by_slot.items()
        if check.kind != "suite"
    }
