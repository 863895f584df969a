"""What the pages show: health, what needs a person first, members, totals."""

from collections.abc import Sequence

import pytest

from events.envelope import NewEvent
from events.log import EventLog
from projections.access import EVERYTHING
from projections.installations import list_installations
from projections.repositories.queries import (
    Totals,
    find_repository,
    list_by_attention,
    list_repositories,
    totals,
)
from runtime.database import Database
from simulator.payloads import Payload, a_repository, an_installation, an_organization, deliveries
from tests.conftest import Clock
from tests.projections.builders import a_delivery, append_hourly, at, project, seconds

pytestmark = pytest.mark.anyio

NAMES = ("fine", "shelved", "paused", "lost", "gone", "orphan")
REPOSITORIES = {name: a_repository(f"orbit-works/{name}") for name in NAMES}
IDS = {name: repository["id"] for name, repository in REPOSITORIES.items()}


def about(name: str, installation_id: int | None, **told: object) -> NewEvent:
    payload = deliveries.issues(repository=REPOSITORIES[name] | {"updated_at": at(1)} | told)
    payload["installation"] = {"id": installation_id}
    return a_delivery("issues", payload)


def an_account(installation_id: int, minute: int, **told: object) -> Payload:
    """An installation as it is at a minute, each of another account."""
    account = an_organization(f"account-{installation_id}")
    return an_installation(installation_id, updated_at=seconds(minute), account=account, **told)


def installed(action: str, installation: Payload, members: Sequence[Payload] = ()) -> NewEvent:
    payload = deliveries.installation(action, installation=installation, repositories=members)
    return a_delivery("installation", payload)


def a_history() -> list[NewEvent]:
    """Repositories of every health; the installations are 11 (fine), 22 (suspended), 33 (gone)."""
    removed = deliveries.installation_repositories(
        "removed", installation=an_account(11, 9), repositories=[REPOSITORIES["lost"]]
    )
    gone = deliveries.repository("deleted", repository=REPOSITORIES["gone"])
    gone["installation"] = {"id": 22}
    return [
        installed("created", an_account(11, 0), [REPOSITORIES["fine"]]),
        about("fine", 11),
        about("shelved", 11, archived=True),
        about("lost", 11),
        a_delivery("installation_repositories", removed),
        about("paused", 22, archived=True),
        a_delivery("repository", gone),
        installed("suspend", an_account(22, 9, suspended_at=at(9))),
        about("orphan", 33),
        installed("deleted", an_account(33, 9)),
    ]


@pytest.fixture
async def pages(store: Database, log: EventLog, clock: Clock) -> Database:
    await append_hourly(log, clock, a_history())
    await project(store)
    return store


async def test_health_is_the_worst_that_holds(pages: Database) -> None:
    found = await pages.read(lambda c: list_repositories(c, EVERYTHING, 0, 100))
    assert {page.full_name: page.health for page in found} == {
        "orbit-works/fine": "ok",
        "orbit-works/shelved": "archived",
        "orbit-works/paused": "suspended",
        "orbit-works/lost": "disconnected",
        "orbit-works/gone": "deleted",
        "orbit-works/orphan": "disconnected",
    }


async def test_what_needs_a_person_comes_first_then_what_happened_last(pages: Database) -> None:
    found = await pages.read(lambda c: list_by_attention(c, EVERYTHING, 100))
    names = [page.full_name.partition("/")[2] for page in found]
    assert names == ["orphan", "paused", "lost", "gone", "shelved", "fine"]
    first = await pages.read(lambda c: list_by_attention(c, EVERYTHING, 2))
    assert first == found[:2]


async def test_repositories_page_by_id(pages: Database) -> None:
    ids = sorted(IDS.values())
    everything = await pages.read(lambda c: list_repositories(c, EVERYTHING, 0, 100))
    assert [page.id for page in everything] == ids
    assert await pages.read(lambda c: list_repositories(c, EVERYTHING, 0, 2)) == everything[:2]
    rest = await pages.read(lambda c: list_repositories(c, EVERYTHING, ids[1], 100))
    assert rest == everything[2:]


async def test_one_repository_is_found_with_its_account(pages: Database) -> None:
    page = await pages.read(lambda c: find_repository(c, EVERYTHING, IDS["fine"]))
    assert page is not None
    assert page.installation is not None
    assert (page.full_name, page.installation.account) == ("orbit-works/fine", "account-11")
    assert page.event_count == 1
    assert page.html_url == "https://github.com/orbit-works/fine"
    assert await pages.read(lambda c: find_repository(c, EVERYTHING, 404)) is None


async def test_installations_list_the_repositories_that_they_still_reach(pages: Database) -> None:
    found = await pages.read(lambda c: list_installations(c, EVERYTHING, 0, 100))
    assert {each.id: {own.id for own in each.repositories} for each in found} == {
        11: {IDS["fine"], IDS["shelved"]},
        22: {IDS["paused"]},
        33: {IDS["orphan"]},
    }
    assert [each.deleted for each in found] == [False, False, True]
    assert await pages.read(lambda c: list_installations(c, EVERYTHING, 11, 1)) == found[1:2]


async def test_totals_count_repositories_their_events_and_living_installations(
    pages: Database,
) -> None:
    counted = await pages.read(lambda c: totals(c, EVERYTHING))
    assert counted == Totals(repositories=6, installations=2, events=6)


async def test_with_nothing_recorded_the_pages_are_empty(store: Database) -> None:
    assert await store.read(lambda c: totals(c, EVERYTHING)) == Totals(0, 0, 0)
    assert await store.read(lambda c: list_by_attention(c, EVERYTHING, 10)) == []
