"""Settling: what deliveries of one second leave open is asked for once that second is over."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import permutations
from uuid import uuid4

import pytest

from events.catalogue import About, InstallationAnswered, own_event
from events.github import IssueSeen, PullRequestSeen
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING
from reactions.conductor import Conductor
from reactions.lanes import Lanes
from reactions.ports.failures import Forbidden, GitHubFailure, NotFound, Unavailable
from reactions.resync import Settling
from reactions.resync.doubts import OVER_AFTER
from reactions.visits import Visited
from reactions.visits.table import failing_visits
from tests.conftest import Clock
from tests.projections.builders import redelivered
from tests.reactions.recovered_github import RecoveredGitHub
from tests.reactions.resync import desks
from tests.service import project
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

ANOTHER = 77  # an installation


class Desk(desks.Desk):
    """What settling sees of a world, beside a conductor, which notes what is in doubt."""

    @property
    def reaction(self) -> Settling:
        return Settling(github=self.github, services=self.services)

    async def conducts(self) -> None:
        """Let the conductor see what is there."""
        conductor = Conductor(
            lanes=Lanes(self.store), log=self.log, store=self.store, clock=self.clock
        )
        while (await conductor.step()).appended:
            await project(self.store)

    async def waits(self) -> None:
        """Let the conductor see what is there, and the second pass."""
        await self.conducts()
        self.clock.advance(seconds=OVER_AFTER.total_seconds())

    async def settles(self) -> Visited:
        """Wait and look, again and again, until nothing more is to be looked at."""
        for _ in range(10):
            await self.waits()
            visited = await self.goes_on()
            if visited.next_due is None:
                return visited
        raise AssertionError("it never comes to rest")

    async def issue(self, repository: Repository) -> IssueSeen:
        return (await self.lane(repository)).seen_issues[1]


@dataclass
class Forgetful(RecoveredGitHub):
    """Does not find a pull request that it told of."""

    async def whole_pull_request(self, *_: object) -> dict[str, object]:  # type: ignore[override]
        self.asked.append("whole_pull_request")
        raise NotFound("Not Found", status=404)


@pytest.fixture
def desk(store: Store, log: EventLog, clock: Clock, world: World) -> Desk:
    return Desk(store, log, clock, RecoveredGitHub(world))


def labelled(world: World, rocket: Repository) -> None:
    issue = rocket.open_issue("One")
    with world.same_second():
        issue.label("a")
        issue.label("b")


def unlabelled(world: World, rocket: Repository) -> None:
    issue = rocket.open_issue("One", labels=("a", "b"))
    with world.same_second():
        issue.unlabel("a")
        issue.unlabel("b")


def closed(world: World, rocket: Repository) -> None:
    issue = rocket.open_issue("One")
    with world.same_second():
        issue.close()
        issue.reopen()


HISTORIES = [labelled, unlabelled, closed]


@pytest.mark.parametrize("history", HISTORIES)
async def test_whatever_happened_in_one_second_it_is_as_github_says_in_the_end(
    desk: Desk, world: World, rocket: Repository, history: Callable[[World, Repository], None]
) -> None:
    history(world, rocket)
    await desk.happens(*world.deliveries)
    assert (await desk.issue(rocket)).uncertain
    await desk.settles()
    known, [real] = await desk.issue(rocket), rocket.issues
    assert not known.uncertain
    assert (set(known.labels), known.state) == (set(real.labels), "open")
    assert len(await desk.observed()) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_pull_request_is_as_github_says_too_in_whatever_order_it_is_told_of(
    desk: Desk, world: World, rocket: Repository, order: tuple[int, ...]
) -> None:
    pull = at_work(rocket)
    before = len(world.deliveries)
    with world.same_second():
        pull.mark_ready()
        pull.push()
    told = world.deliveries[before:]
    await desk.happens(*world.deliveries[:before], *(told[place] for place in order))
    assert (await known_pull(desk, rocket, pull)).uncertain
    await desk.settles()
    known = await known_pull(desk, rocket, pull)
    assert (known.head_sha, known.draft, known.uncertain) == (pull.head_sha, False, False)


async def test_only_what_is_in_doubt_is_asked_for_and_only_once(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    rocket.open_issue("Two")
    world.repository("octo-org/lander").open_issue("Three")
    await desk.happens(*world.deliveries)
    await desk.settles()
    name = rocket.full_name
    assert desk.github.asked == [f"whole_repository {name}", f"whole_issue {name} 1"]


async def test_nothing_is_asked_for_before_the_second_is_over(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)
    await desk.waits()
    desk.clock.advance(seconds=-1)
    visited = await desk.goes_on()
    assert desk.github.asked == []
    assert visited.next_due is not None
    assert (visited.next_due - desk.clock()).total_seconds() == 1


async def test_a_late_delivery_of_that_second_changes_nothing_any_more(
    desk: Desk, world: World, rocket: Repository
) -> None:
    unlabelled(world, rocket)
    await desk.happens(*world.deliveries)
    await desk.settles()
    known = await desk.issue(rocket)
    await desk.happens(*map(redelivered, world.deliveries))
    assert await desk.issue(rocket) == known


async def test_what_happens_later_is_believed_again(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)
    await desk.settles()
    rocket.issues[0].label("c")
    await desk.happens(world.deliveries[-1])
    known = await desk.issue(rocket)
    assert (known.labels, known.uncertain) == (("a", "b", "c"), False)


async def test_a_github_that_does_not_answer_is_asked_again_soon(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)

    async def away(_asked: str) -> None:
        raise Unavailable("GitHub did not answer")

    desk.github.before = away
    await desk.waits()
    await desk.goes_on()
    desk.github.before = None
    desk.clock.advance(seconds=OVER_AFTER.total_seconds())
    await desk.goes_on()
    await project(desk.store)
    assert not (await desk.issue(rocket)).uncertain


async def test_what_was_read_before_github_failed_is_settled_already(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    labelled(world, rocket)
    await desk.happens(*world.deliveries)

    async def before(asked: str) -> None:
        if asked == f"whole_issue {rocket.full_name} 2":
            raise Unavailable("GitHub did not answer")

    desk.github.before = before
    await desk.waits()
    await desk.goes_on()
    assert await in_doubt(desk, rocket) == {2}


async def test_what_github_does_not_show_any_more_is_not_asked_for_for_ever(
    store: Store, log: EventLog, clock: Clock, world: World, rocket: Repository
) -> None:
    desk = Desk(store, log, clock, Forgetful(world))
    pull = at_work(rocket)
    with world.same_second():
        pull.mark_ready()
        pull.push()
    await desk.happens(*world.deliveries)
    await desk.settles()
    assert desk.github.asked.count("whole_pull_request") == 1
    assert (await known_pull(desk, rocket, pull)).uncertain
    for title in ("Two", "Three"):
        rocket.open_issue(title)
        await desk.happens(world.deliveries[-1])
        await desk.settles()
    assert desk.github.asked.count("whole_pull_request") == 1


@pytest.mark.parametrize("failure", [NotFound, Forbidden])
async def test_a_repository_that_we_may_not_look_into_is_left_to_the_resync(
    desk: Desk, world: World, rocket: Repository, failure: type[GitHubFailure]
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)

    async def before(_asked: str) -> None:
        raise failure("no", status=404)

    desk.github.before = before
    await desk.settles()
    desk.clock.advance(hours=48)
    await desk.goes_on()
    assert len(desk.github.asked) == 1


async def test_a_doubt_that_comes_up_during_a_look_in_vain_is_settled_too(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)
    before = len(world.deliveries)

    async def meanwhile(_asked: str) -> None:
        desk.github.before = None
        labelled(world, rocket)
        await desk.happens(*world.deliveries[before:])
        await desk.conducts()
        raise NotFound("Not Found", status=404)

    desk.github.before = meanwhile
    await desk.settles()
    assert await in_doubt(desk, rocket) == set()


async def test_a_repository_is_looked_at_through_the_installation_that_it_has_by_now(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)
    before = len(world.deliveries)

    async def gone(_asked: str) -> None:
        raise Unavailable("GitHub did not answer")

    desk.github.before = gone
    await desk.waits()
    await desk.goes_on()
    labelled(world, rocket)
    moved = [replace(told, installation_id=ANOTHER) for told in world.deliveries[before:]]
    await desk.happens(*moved)
    position = (await desk.log.head()).position
    settled = InstallationAnswered(installation_id=ANOTHER, as_of=position)
    about = About(repository_id=rocket.id)
    await desk.happens(own_event(settled, uuid4(), about=about), *map(redelivered, moved))
    await desk.waits()
    await desk.goes_on()
    failing = await desk.store.read(lambda c: failing_visits(c, EVERYTHING, 10))
    assert [(visit.installation_id, visit.failures) for visit in failing] == [(ANOTHER, 1)]


async def test_a_name_that_another_repository_has_now_is_no_place_to_look_and_no_lasting_failure(
    desk: Desk, world: World, rocket: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)
    another = rocket.snapshot() | {"id": rocket.id + 1}
    monkeypatch.setattr(rocket, "snapshot", lambda: another)
    await desk.settles()
    assert await desk.store.read(lambda c: failing_visits(c, EVERYTHING, 10)) == []


async def test_an_issue_out_of_sight_is_not_taken_to_be_deleted(
    desk: Desk, world: World, rocket: Repository
) -> None:
    labelled(world, rocket)
    await desk.happens(*world.deliveries)

    async def disabled(asked: str) -> None:
        if "issue" in asked:
            raise NotFound("Issues are disabled for this repo", status=410)

    desk.github.before = disabled
    await desk.settles()
    assert not (await desk.issue(rocket)).deleted


def at_work(rocket: Repository) -> PullRequest:
    issue = rocket.open_issue("One", labels=("status:queued",))
    issue.assign_copilot()
    return rocket.copilot_opens(issue)


async def known_pull(desk: Desk, rocket: Repository, pull: PullRequest) -> PullRequestSeen:
    return (await desk.lane(rocket)).seen_pull_requests[pull.number]


async def in_doubt(desk: Desk, rocket: Repository) -> set[int]:
    issues = (await desk.lane(rocket)).seen_issues
    return {number for number, issue in issues.items() if issue.uncertain}
