"""The App's installations are read, and a claimed repository is whose GitHub says that it is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from events.catalogue import InstallationAnswered, content_of
from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from projections.access import EVERYTHING
from projections.installations import list_installations
from projections.repositories.item import RepositoryItem
from projections.repositories.queries import find_repository
from reactions.installations import Installations
from reactions.ports.failures import Forbidden, RateLimited, Refused, Unavailable
from runtime.background.leased import LeaseLost
from simulator.payloads import INSTALLATION_ID, an_installation
from simulator.payloads.deliveries import installation_repositories, issues, repository
from tests.conftest import Clock
from tests.projections.builders import a_delivery
from tests.reactions.desks import VisitingDesk
from tests.reactions.recovered_github import RecoveredGitHub
from tests.worlds.repositories import Repository
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

OTHER, THIRD = 22, 33
LATE = "2031-01-01T00:00:00Z"


class Desk(VisitingDesk):
    """A desk for the reading of installations; each look is that of a service that just started."""

    @property
    def reaction(self) -> Installations:
        return Installations(github=self.github, services=self.services, random=lambda: 0.5)

    async def starts(self) -> None:
        """Start, read it all, and project what was recorded."""
        await self.reaction.step()
        await self.happens()

    async def shown(self, repository: Repository) -> RepositoryItem | None:
        return await self.store.read(lambda c: find_repository(c, EVERYTHING, repository.id))


@pytest.fixture
def lander(world: World) -> Repository:
    return world.repository("octo-org/lander")


@pytest.fixture
def desk(store: Store, log: EventLog, clock: Clock, world: World) -> Desk:
    return Desk(store, log, clock, RecoveredGitHub(world))


def claim(repository: Repository, whose: int = OTHER) -> NewEvent:
    """Another installation delivers as if the repository were its own."""
    snapshot = repository.snapshot() | {"updated_at": LATE}
    payload = issues("opened", repository=snapshot, installation={"id": whose})
    return a_delivery("issues", payload)


async def answers(desk: Desk) -> list[int | None]:
    contents = [
        content_of(each) for each in await desk.log.read(0, 1000) if each.source != "github"
    ]
    return [each.installation_id for each in contents if isinstance(each, InstallationAnswered)]


async def test_an_app_that_was_installed_before_shows_its_repositories_at_the_start(
    desk: Desk, rocket: Repository, lander: Repository
) -> None:
    await desk.starts()
    for reached in (rocket, lander):
        item = await desk.shown(reached)
        assert item is not None
        assert (item.full_name, item.installation_id) == (reached.full_name, INSTALLATION_ID)
        assert (item.connected, item.health) == (True, "ok")
    [known] = await desk.store.read(lambda c: list_installations(c, EVERYTHING, 0, 10))
    assert known.account_login == an_installation()["account"]["login"]
    assert {each.id for each in known.repositories} == {rocket.id, lander.id}


@pytest.mark.usefixtures("rocket")
async def test_another_start_records_nothing_new(desk: Desk) -> None:
    await desk.starts()
    head = (await desk.log.head()).position
    assert head > 0
    await desk.starts()
    assert (await desk.log.head()).position == head


@pytest.mark.usefixtures("rocket")
async def test_it_is_read_again_every_six_hours_and_not_before(desk: Desk, clock: Clock) -> None:
    reaction = desk.reaction
    assert (await reaction.step()).next_due == clock() + timedelta(hours=6)
    await desk.happens()
    for hours, asked in ((5, 1), (2, 2)):
        clock.advance(hours=hours)
        await reaction.step()
        assert desk.github.asked.count("installations") == asked


@pytest.mark.parametrize(("whose", "shown"), [(OTHER, OTHER), (INSTALLATION_ID, INSTALLATION_ID)])
async def test_a_claimed_repository_is_whose_github_says(
    desk: Desk, rocket: Repository, whose: int, shown: int
) -> None:
    await desk.starts()
    await desk.happens(claim(rocket))
    before = await desk.shown(rocket)
    assert before is not None
    assert (before.installation_id, before.attention) == (INSTALLATION_ID, "needs_human")
    assert before.claim is not None
    desk.github.installed.append(OTHER)
    desk.github.reached[rocket.id] = whose
    await desk.starts()
    after = await desk.shown(rocket)
    assert after is not None
    assert (after.installation_id, after.claim) == (shown, None)


async def test_who_claims_again_and_again_is_asked_about_once_in_a_while(
    desk: Desk, clock: Clock, rocket: Repository
) -> None:
    reaction = desk.reaction
    await reaction.step()
    await desk.happens()
    for _ in range(5):
        await desk.happens(claim(rocket))
        await reaction.step()
        await desk.happens()
    assert await answers(desk) == [INSTALLATION_ID]
    clock.advance(minutes=10)
    await reaction.step()
    assert await answers(desk) == [INSTALLATION_ID, INSTALLATION_ID]


async def test_an_answer_settles_nothing_that_was_claimed_after_the_question(
    desk: Desk, rocket: Repository
) -> None:
    reaction = desk.reaction
    await reaction.step()
    await desk.happens()
    await desk.happens(claim(rocket))

    async def meanwhile(asked: str) -> None:
        if asked == f"installation_of {rocket.id}":
            desk.github.before = None
            await desk.log.append(claim(rocket, THIRD))

    desk.github.before = meanwhile
    await reaction.step()
    await desk.happens()
    item = await desk.shown(rocket)
    assert item is not None
    assert item.claim is not None
    assert (item.installation_id, item.claim.installation_id) == (INSTALLATION_ID, THIRD)


async def test_what_the_app_lost_without_a_word_is_asked_about(
    desk: Desk, rocket: Repository, lander: Repository
) -> None:
    await desk.starts()
    desk.github.reached[rocket.id] = None
    await desk.starts()
    lost, kept = await desk.shown(rocket), await desk.shown(lander)
    assert lost is not None
    assert kept is not None
    assert (lost.health, kept.health) == ("disconnected", "ok")
    assert await answers(desk) == [None]


async def test_that_an_installation_lists_a_repository_settles_whose_it_is(
    desk: Desk, rocket: Repository
) -> None:
    await desk.starts()
    await desk.happens(claim(rocket))

    async def silent(asked: str) -> None:
        if asked == f"installation_of {rocket.id}":
            raise Unavailable("down", status=502)

    desk.github.before = silent
    await desk.starts()
    item = await desk.shown(rocket)
    assert item is not None
    assert (item.installation_id, item.claim) == (INSTALLATION_ID, None)


async def test_a_suspended_installation_is_not_read_and_loses_nothing(
    desk: Desk, clock: Clock, rocket: Repository
) -> None:
    await desk.starts()
    desk.github.suspended.add(INSTALLATION_ID)
    desk.github.asked.clear()
    assert (await desk.reaction.step()).next_due == clock() + timedelta(hours=6)
    await desk.happens()
    assert desk.github.asked == ["installations"]
    item = await desk.shown(rocket)
    assert item is not None
    assert item.installation_id == INSTALLATION_ID


async def test_an_older_description_than_a_delivery_gave_is_no_news(
    desk: Desk, rocket: Repository
) -> None:
    await desk.starts()
    newer = rocket.snapshot() | {"updated_at": LATE, "default_branch": "next"}
    await desk.happens(a_delivery("repository", repository("edited", repository=newer)))
    head = (await desk.log.head()).position
    await desk.starts()
    assert (await desk.log.head()).position == head


async def test_of_a_repository_that_was_deleted_nobody_asks(desk: Desk, rocket: Repository) -> None:
    await desk.starts()
    gone = repository("deleted", repository=rocket.snapshot())
    await desk.happens(a_delivery("repository", gone))
    desk.github.reached[rocket.id] = None
    await desk.starts()
    assert f"installation_of {rocket.id}" not in desk.github.asked


@pytest.mark.parametrize("error", [Refused("there are more"), Unavailable("down", status=502)])
async def test_what_a_list_that_was_not_read_to_its_end_lacks_is_not_lost(
    desk: Desk, rocket: Repository, error: Exception
) -> None:
    await desk.starts()

    async def cut_short(asked: str) -> None:
        if asked == f"repositories {INSTALLATION_ID}":
            raise error

    desk.github.before = cut_short
    desk.github.asked.clear()
    await desk.starts()
    item = await desk.shown(rocket)
    assert item is not None
    assert (item.installation_id, item.connected) == (INSTALLATION_ID, True)
    assert f"installation_of {rocket.id}" not in desk.github.asked


@pytest.mark.usefixtures("rocket")
async def test_whoever_should_not_be_reading_records_nothing(desk: Desk) -> None:
    def gone(_connection: Connection) -> None:
        raise LeaseLost("installations")

    services = replace(desk.services, guard=gone)
    reaction = Installations(github=desk.github, services=services, random=lambda: 0.5)
    with pytest.raises(LeaseLost):
        await reaction.step()
    assert (await desk.log.head()).position == 0


@pytest.mark.usefixtures("rocket")
async def test_nothing_is_read_before_all_that_is_in_the_log_is_known(desk: Desk) -> None:
    await desk.log.append(a_delivery("issues", issues("opened")))
    reaction = desk.reaction
    assert (await reaction.step()).behind
    assert desk.github.asked == []
    await desk.happens()
    assert not (await reaction.step()).behind
    assert desk.github.asked


async def test_one_installation_that_cannot_be_read_stops_no_other(
    desk: Desk, rocket: Repository, lander: Repository
) -> None:
    async def refuse(asked: str) -> None:
        if asked == f"repositories {OTHER}":
            raise Forbidden("suspended", status=403)

    desk.github.installed.append(OTHER)
    desk.github.reached[lander.id] = OTHER
    desk.github.before = refuse
    reaction = desk.reaction
    visited = await reaction.step()
    await desk.happens()
    assert await desk.shown(rocket) is not None
    assert await desk.shown(lander) is None
    assert visited.next_due == desk.clock() + timedelta(minutes=10)


async def test_a_limit_is_waited_for_and_an_outage_tried_again(desk: Desk, clock: Clock) -> None:
    until = clock() + timedelta(minutes=42)
    failures = [RateLimited("slow down", until=until, secondary=True), Unavailable("down")]

    async def fail(_asked: str) -> None:
        raise failures[0]

    desk.github.before = fail
    assert (await desk.reaction.step()).next_due == until
    failures.pop(0)
    assert (await desk.reaction.step()).next_due == clock() + timedelta(minutes=10)


async def test_who_lists_anothers_repository_is_asked_about_too(
    desk: Desk, rocket: Repository
) -> None:
    await desk.starts()
    told = installation_repositories(
        "added",
        installation=an_installation(OTHER, updated_at=LATE),
        repositories=[rocket.snapshot()],
    )
    await desk.happens(a_delivery("installation_repositories", told))
    await desk.starts()
    item = await desk.shown(rocket)
    assert item is not None
    assert (item.installation_id, item.claim) == (INSTALLATION_ID, None)
