"""Resync: what deliveries did not tell is seen, recorded once, and folded like a delivery."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from events.envelope import NewEvent
from events.github import IssueSeen
from events.json_types import JsonObject
from events.log import EventLog
from events.store import Store
from reactions.lanes import Lanes
from reactions.ports.answers import Repository as GitHubRepository
from reactions.ports.answers import RequiredChecks
from reactions.ports.failures import Forbidden, RateLimited, Refused, Unavailable
from simulator.payloads import Payload
from tests.conftest import Clock
from tests.projections.builders import a_delivery
from tests.reactions.growing import GrowingLanes
from tests.reactions.recovered_github import RecoveredGitHub
from tests.reactions.resync.desks import Desk
from tests.worlds.people import another_reviewer, maintainer
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository
from tests.worlds.stories import run_ci
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

SIX_HOURS = timedelta(hours=6)


@pytest.fixture
def desk(store: Store, log: EventLog, clock: Clock, world: World) -> Desk:
    return Desk(store, log, clock, RecoveredGitHub(world))


class Restless(Desk):
    """A desk at a log that grows whenever somebody looks."""

    @property
    def lanes(self) -> Lanes:
        return GrowingLanes(self.store, self.log, first(self.github.world))


@dataclass
class Listing(RecoveredGitHub):
    """Has a list of issues that is not, or not wholly, that of its world."""

    listed: list[Payload] = field(default_factory=list)
    whole: bool = True

    async def open_issues(self, repo: GitHubRepository) -> AsyncIterator[JsonObject]:
        assert repo.full_name
        if self.before is not None:
            await self.before("open_issues")
        for issue in self.listed:
            yield issue
        if not self.whole:
            raise Refused("there are more than 10000 objects")


def first(world: World) -> NewEvent:
    """A delivery by which the repository becomes known, and no more than that."""
    return world.deliveries[0]


def worked_on(rocket: Repository) -> PullRequest:
    """Bring an issue some way: a pull request with checks of every kind and two reviews."""
    issue = rocket.open_issue("One", labels=("status:queued",))
    issue.assign_copilot()
    pull = rocket.copilot_opens(issue)
    run_ci(pull, "failure")
    pull.status("ci/launchpad", "pending")
    pull.status("ci/launchpad", "success")
    pull.mark_ready()
    pull.review(maintainer, "changes_requested", "@copilot please mend it")
    pull.dismiss(pull.review(another_reviewer, "approved"))
    return pull


async def test_a_repository_is_looked_at_when_it_is_first_seen_through_an_installation(
    desk: Desk, world: World, rocket: Repository
) -> None:
    pull = worked_on(rocket)
    await desk.happens(first(world))
    await desk.goes_on()
    lane = await desk.lane(rocket)
    assert lane.seen_issues[1].labels == ("status:queued",)
    known = lane.seen_pull_requests[pull.number]
    assert (known.head_sha, known.draft, known.merged) == (pull.head_sha, False, False)
    assert lane.ties.pull_requests == {1: (pull.number,)}
    states = [review.state for review in lane.pull_request(pull.number).reviews.values()]
    assert states == ["changes_requested", "dismissed"]
    checks = [*lane.commit(pull.head_sha).checks]
    assert {check.kind for check in checks} == {"run", "status", "actions"}
    [status] = [check for check in checks if check.kind == "status"]
    assert status.conclusion == "success"


async def test_that_copilots_review_of_a_head_left_suggestions_is_found_once(
    desk: Desk, world: World, rocket: Repository
) -> None:
    pull = worked_on(rocket)
    pull.copilot_review(suggests=1)
    pull.push()
    await desk.happens(first(world))
    await desk.goes_on()
    assert not any(each.startswith("review_comments") for each in desk.github.asked)
    review = pull.copilot_review(suggests=2)
    desk.clock.advance(hours=6)
    await desk.goes_on()
    assert (await desk.lane(rocket)).pull_request(pull.number).suggesting == (review.id,)
    recorded, asked = len(await desk.observed()), desk.github.asked.copy()
    assert sum(each.startswith("review_comments") for each in asked) == 1
    desk.clock.advance(hours=6)
    await desk.goes_on()
    assert len(await desk.observed()) == recorded
    assert not any(each.startswith("review_comments") for each in desk.github.asked[len(asked) :])


async def test_a_repository_is_looked_at_though_the_log_never_rests(
    store: Store, log: EventLog, clock: Clock, world: World, rocket: Repository
) -> None:
    desk = Restless(store, log, clock, RecoveredGitHub(world))
    worked_on(rocket)
    await desk.happens(first(world))
    assert (await desk.reaction.step()).visited == 1
    assert await desk.observed() != []


async def test_where_every_delivery_came_nothing_is_recorded(
    desk: Desk, world: World, rocket: Repository
) -> None:
    worked_on(rocket)
    rocket.open_issue("Two").close()
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    assert await desk.observed() == []


async def test_a_time_that_changes_with_nothing_else_is_no_news(
    desk: Desk, world: World, rocket: Repository
) -> None:
    pull = worked_on(rocket)
    pull.comment("I saw the same yesterday.")
    await desk.happens(*world.deliveries)
    assert pull.updated_at != (await desk.lane(rocket)).seen_pull_requests[pull.number].updated_at
    await desk.goes_on()
    assert await desk.observed() == []


async def test_it_is_looked_at_again_after_some_hours_and_then_nothing_is_new(
    desk: Desk, world: World, rocket: Repository
) -> None:
    worked_on(rocket)
    await desk.happens(first(world))
    visited = await desk.goes_on()
    assert visited.next_due == desk.clock() + SIX_HOURS
    seen, asked = len(await desk.observed()), len(desk.github.asked)
    desk.clock.advance(hours=6)
    await desk.goes_on()
    assert len(desk.github.asked) == 2 * asked
    assert len(await desk.observed()) == seen


async def test_what_was_closed_or_merged_meanwhile_is_asked_for_singly(
    desk: Desk, world: World, rocket: Repository
) -> None:
    pull = worked_on(rocket)
    other = rocket.open_issue("Two")
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    pull.merge()
    other.close("not_planned")
    desk.clock.advance(hours=6)
    await desk.goes_on()
    lane = await desk.lane(rocket)
    assert lane.seen_pull_requests[pull.number].merged
    issues = lane.seen_issues
    assert [issues[number].state for number in (1, other.number)] == ["closed", "closed"]
    assert issues[other.number].state_reason == "not_planned"


async def test_an_issue_that_is_gone_is_known_to_be_gone(
    desk: Desk, world: World, rocket: Repository
) -> None:
    issue = rocket.open_issue("One", labels=("status:queued",))
    await desk.happens(*world.deliveries)
    issue.delete()
    await desk.goes_on()
    known = (await desk.lane(rocket)).seen_issues[1]
    assert known.deleted
    seen = len(await desk.observed())
    desk.clock.advance(hours=6)
    await desk.goes_on()
    assert len(await desk.observed()) == seen == 1


async def test_what_is_seen_is_folded_as_what_is_told_and_not_as_what_we_did(
    desk: Desk, world: World, rocket: Repository
) -> None:
    issue = rocket.open_issue("One")
    await desk.happens(*world.deliveries)
    before = await desk.lane(rocket)
    issue.edit_title("Another")
    await desk.goes_on()
    lane = await desk.lane(rocket)
    assert lane.seen_issues[1].title == "Another"
    assert lane.ours == before.ours
    heard = lane.issue(1).heard
    assert heard is not None
    assert heard.position == lane.position > before.position
    [event] = [each for each in await desk.log.read(0, 100) if each.type == "resync"]
    assert (event.source, event.subject_kind, event.subject_number) == ("orchestrator", "issue", 1)
    assert (event.repository_id, event.installation_id) == (rocket.id, before.installation_id)


async def test_an_old_list_never_takes_back_what_a_delivery_told(
    desk: Desk, world: World, rocket: Repository
) -> None:
    issue = rocket.open_issue("One")
    await desk.happens(*world.deliveries)
    issue.edit_title("Another")
    desk.github = Listing(world, listed=[issue.snapshot()])

    async def before(asked: str) -> None:
        if asked == "open_issues":
            issue.close()
            await desk.happens(world.deliveries[-1])

    desk.github.before = before
    await desk.goes_on()
    assert len(await desk.observed()) == 1
    known = (await desk.lane(rocket)).seen_issues[1]
    assert (known.title, known.state) == ("Another", "closed")


async def test_a_renamed_repository_is_found_and_described_anew(
    desk: Desk, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One")
    await desk.happens(*world.deliveries)
    rocket.rename("booster")
    await desk.goes_on()
    repository = (await desk.lane(rocket)).repository
    assert repository is not None
    assert repository.full_name == "octo-org/booster"


async def test_a_list_that_may_not_be_read_stops_no_other_and_makes_nothing_vanish(
    desk: Desk, world: World, rocket: Repository
) -> None:
    rocket.open_issue("One")
    await desk.happens(*world.deliveries)
    rocket.open_issue("Two")
    pull = rocket.copilot_opens(rocket.issues[0])

    async def before(asked: str) -> None:
        if asked.startswith(("open_issues", "check_runs", "reviews")):
            raise Forbidden("Resource not accessible by integration", status=403)

    desk.github.before = before
    visited = await desk.goes_on()
    lane = await desk.lane(rocket)
    assert [*lane.seen_issues] == [1]
    assert [*lane.seen_pull_requests] == [pull.number]
    assert visited.next_due == desk.clock() + SIX_HOURS
    assert not any(asked.startswith("whole_issue") for asked in desk.github.asked)


async def test_a_list_that_is_too_long_counts_as_far_as_it_was_read(
    desk: Desk, world: World, rocket: Repository
) -> None:
    for title in ("One", "Two"):
        rocket.open_issue(title)
    await desk.happens(first(world))

    later = {"title": "Anew", "updated_at": "2027-01-01T00:00:00Z"}
    desk.github = Listing(world, listed=[rocket.issues[0].snapshot() | later], whole=False)
    await desk.goes_on()
    issues = (await desk.lane(rocket)).seen_issues
    assert {number: issue.title for number, issue in issues.items()} == {1: "Anew"}


@pytest.mark.parametrize("operation", ["whole_repository", "open_issues", "check_runs"])
async def test_what_was_seen_before_a_failure_is_kept_and_the_rest_is_looked_at_later(
    desk: Desk, world: World, rocket: Repository, operation: str
) -> None:
    pull = worked_on(rocket)
    await desk.happens(first(world))
    away = True

    async def before(asked: str) -> None:
        if away and asked.startswith(operation):
            raise Unavailable("GitHub did not answer")

    desk.github.before = before
    visited = await desk.goes_on()
    assert visited.next_due == desk.clock() + timedelta(minutes=1)
    told = (await desk.lane(rocket)).seen_pull_requests
    assert bool(told) == (operation != "whole_repository")
    away = False
    desk.clock.advance(minutes=1)
    visited = await desk.goes_on()
    assert visited.next_due == desk.clock() + SIX_HOURS
    assert len((await desk.lane(rocket)).commit(pull.head_sha).checks) == 4


async def test_where_github_takes_no_more_it_is_left_alone_until_then(
    desk: Desk, world: World, rocket: Repository
) -> None:
    until = desk.clock() + timedelta(minutes=40)

    async def before(_asked: str) -> None:
        raise RateLimited("Slow down", until=until, secondary=False, status=403)

    rocket.open_issue("One")
    world.repository("octo-org/lander").open_issue("Two")
    await desk.happens(*world.deliveries)
    desk.github.before = before
    visited = await desk.goes_on()
    assert (len(desk.github.asked), visited.next_due) == (1, until)


async def test_only_one_request_is_made_at_a_time_for_an_installation(
    desk: Desk, world: World
) -> None:
    under_way = most = 0

    async def before(_asked: str) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(3):
            await desk.log.head()
        under_way -= 1

    desk.github.before = before
    for name in ("octo-org/rocket", "octo-org/lander", "octo-org/probe"):
        world.repository(name).open_issue("One")
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    assert most == 1


async def test_of_very_many_issues_no_more_is_told_than_the_lane_keeps(
    desk: Desk, world: World, rocket: Repository
) -> None:
    for number in range(260):
        rocket.open_issue(f"Issue {number}")
    await desk.happens(first(world))
    await desk.goes_on()
    told = await desk.observed()
    assert len(told) == 100
    newest = sorted((await desk.lane(rocket)).seen_issues)[-100:]
    assert newest == list(range(161, 261))
    desk.clock.advance(hours=6)
    await desk.goes_on()
    assert await desk.observed() == told


async def test_of_very_many_that_are_gone_a_few_are_asked_for_at_a_time(
    desk: Desk, world: World, rocket: Repository
) -> None:
    for number in range(60):
        rocket.open_issue(f"Issue {number}")
    await desk.happens(*world.deliveries)
    for issue in rocket.issues:
        issue.close()
    visited = await desk.goes_on()
    assert sum(asked.startswith("whole_issue") for asked in desk.github.asked) == 50
    assert visited.next_due == desk.clock() + timedelta(minutes=10)
    desk.clock.advance(minutes=10)
    await desk.goes_on()
    known: list[IssueSeen] = list((await desk.lane(rocket)).seen_issues.values())
    assert {issue.state for issue in known} == {"closed"}


async def test_what_branches_require_is_asked_and_recorded_where_it_changed(
    desk: Desk, world: World, rocket: Repository
) -> None:
    worked_on(rocket)
    desk.github.required["main"] = RequiredChecks(readable=True, checks=(("test", 15368),))
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    assert (await desk.lane(rocket)).requirements["main"].checks == (("test", 15368),)
    [recorded] = await desk.observed()
    assert (recorded.kind, recorded.object["branch"]) == ("requirements", "main")
    desk.clock.advance(hours=12)
    await desk.goes_on()
    assert len(await desk.observed()) == 1


@pytest.mark.parametrize("event", ["repository_ruleset", "branch_protection_rule"])
async def test_it_is_asked_again_once_a_rule_changed(
    desk: Desk, world: World, rocket: Repository, event: str
) -> None:
    worked_on(rocket)
    await desk.happens(*world.deliveries)
    await desk.goes_on()
    desk.github.required["main"] = RequiredChecks(readable=False)
    changed = json.loads(world.deliveries[0].payload) | {"action": "edited"}
    await desk.happens(a_delivery(event, changed))
    await desk.goes_on()
    assert (await desk.lane(rocket)).requirements["main"].readable is False
