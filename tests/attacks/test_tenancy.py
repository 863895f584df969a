"""A holder of one team's secret claims another team's repository: refused, or without effect."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from aggregates.lane import Lane
from events.log import EventLog
from events.signature import WebhookSecret
from projections.access import EVERYTHING
from projections.lanes.queries import find_lane
from runtime.database import Database
from simulator.payloads import Payload, a_repository, an_installation, an_issue
from simulator.payloads.deliveries import installation_repositories, issues, repository
from tests.api.answers import assert_problem
from tests.conftest import Clock
from tests.service import BEARER, Client, app_over, client_of, project

pytestmark = pytest.mark.anyio

ACME, ZOO = "the-secret-of-acme", "the-secret-of-zoo"
SECRETS = (
    WebhookSecret(name="acme", value=ACME.encode(), installations=frozenset({11})),
    WebhookSecret(
        name="zoo", value=ZOO.encode(), owners=frozenset({"zoo"}), installations=frozenset({22})
    ),
)
PUMP = a_repository("acme/pump")
LATE = "2031-01-01T00:00:00Z"
FORGED = PUMP | {"full_name": "zoo/pump", "owner": {"login": "zoo", "id": 5}, "updated_at": LATE}


@pytest.fixture
async def client(store: Database, clock: Clock) -> AsyncIterator[Client]:
    async with client_of(app_over(store, clock, secrets=SECRETS)) as client:
        yield client


async def delivered(client: Client, event: str, payload: Payload, secret: str) -> int:
    return (await client.deliver(event, payload, secret=secret)).status_code


def opened(whose: int | None, where: Payload, number: int = 17) -> Payload:
    of = {"id": whose} if whose else None
    issue = an_issue(number, repository=where, labels=["status:queued"])
    return issues("opened", repository=where, issue=issue, installation=of, organization=None)


async def lane_of(store: Database) -> Lane:
    await project(store)
    lane = await store.read(lambda c: find_lane(c, EVERYTHING, PUMP["id"]))
    assert lane is not None
    return lane


async def shown(client: Client) -> Payload:
    item: Payload = (await client.get(f"/api/repositories/{PUMP['id']}")).json()
    return item


async def test_who_names_another_team_is_refused_and_nothing_is_stored(
    client: Client, log: EventLog
) -> None:
    forged = (
        opened(22, PUMP),  # its own installation, and the other's repository by its name
        opened(11, FORGED),  # the other's installation
        opened(None, PUMP),
        opened(None, FORGED) | {"installation": {"id": True}},
        opened(22, FORGED) | {"organization": {"login": "acme"}},
    )
    for payload in forged:
        answer = await client.deliver("issues", payload, secret=ZOO)
        assert_problem(answer, 403, "secret_not_bound")
    assert not [event for event in await log.read(0, 100) if event.source == "github"]


@pytest.mark.parametrize("whose", [22, None], ids=["with its installation", "plainly"])
async def test_who_gives_anothers_repository_a_name_of_their_own_changes_nothing(
    client: Client, store: Database, whose: int | None
) -> None:
    assert await delivered(client, "issues", opened(11, PUMP), ACME) == 202
    before = await lane_of(store)
    gone = repository("deleted", repository=FORGED, organization=None)
    gone["installation"] = {"id": whose} if whose else None
    for event, payload in (("issues", opened(whose, FORGED, 18)), ("repository", gone)):
        assert await delivered(client, event, payload, ZOO) == 202
    lane = await lane_of(store)
    assert (lane.issues, lane.repository) == (before.issues, before.repository)
    assert lane.installation_id == 11
    item = await shown(client)
    assert (item["full_name"], item["deleted"], item["health"]) == ("acme/pump", False, "ok")
    assert item["installation"]["id"] == 11
    assert (item["claim"]["installation_id"], item["attention"]) == (whose, "needs_human")
    assert "zoo/pump" in item["claim"]["problem"]


async def test_who_lists_anothers_repository_as_their_own_changes_nothing(
    client: Client, store: Database
) -> None:
    assert await delivered(client, "issues", opened(11, PUMP), ACME) == 202
    theirs = an_installation(22, account={"login": "zoo", "id": 5, "type": "Organization"})
    for action in ("added", "removed"):
        told = installation_repositories(action, installation=theirs, repositories=[FORGED])
        assert await delivered(client, "installation_repositories", told, ZOO) == 202
        await project(store)
        item = await shown(client)
        assert (item["installation"]["id"], item["connected"]) == (11, True)


async def test_an_operator_says_whose_it_is_and_only_then_it_counts(
    client: Client, store: Database
) -> None:
    assert await delivered(client, "issues", opened(11, PUMP), ACME) == 202
    assert await delivered(client, "issues", opened(22, FORGED, 18), ZOO) == 202
    await project(store)
    said = {"installation_id": 22, "owner": "zoo", "reason": "it was transferred"}
    assert (await accept(client, "one", said)).status_code == 202
    assert await delivered(client, "issues", opened(22, FORGED, 18), ZOO) == 202
    lane = await lane_of(store)
    assert (lane.installation_id, set(lane.seen_issues)) == (22, {17, 18})
    item = await shown(client)
    assert (item["installation"]["id"], item["full_name"]) == (22, "zoo/pump")
    assert item["claim"] is None
    assert_problem(await accept(client, "two", said), 409, "command_refused")


async def accept(client: Client, key: str, said: Payload) -> httpx2.Response:
    headers = BEARER | {"Idempotency-Key": f"accept-{key}-00000000"}
    where = f"/api/repositories/{PUMP['id']}/installation"
    return await client.http.post(where, json=said, headers=headers)
