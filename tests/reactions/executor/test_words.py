"""An action that failed keeps what GitHub said: its words, bounded, and without a token."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from events.catalogue.own import MAX_REASON
from events.log import EventLog
from events.store import Store
from gateway import Access, AppKey, GitHubGateway
from simulator.payloads.installations import INSTALLATION_ID
from tests.conftest import Clock
from tests.gateway.bodies import an_issue
from tests.gateway.credentials import APP_ID, USER_TOKEN, a_key
from tests.gateway.scripted import Script, ScriptedServer
from tests.reactions.executor.desk import Desk, a_desk
from tests.service import project

pytestmark = pytest.mark.anyio

TOKEN = "ghs_of-the-installation"
ISSUE = "/repos/octo-org/rocket/issues/1"
ASSIGNEES = f"POST {ISSUE}/assignees"


@pytest.fixture
def script() -> Iterator[Script]:
    server = ScriptedServer()
    with server.running():
        path = f"POST /app/installations/{INSTALLATION_ID}/access_tokens"
        server.script.on(path, {"token": TOKEN}, 201)
        server.script.on(f"GET {ISSUE}", an_issue(number=1))
        yield server.script


@pytest.fixture
async def github(script: Script, clock: Clock) -> AsyncIterator[GitHubGateway]:
    access = Access(script.url, AppKey(APP_ID, a_key()), USER_TOKEN)
    async with GitHubGateway(access, clock, patience=10.0) as gateway:
        yield gateway


async def failure(desk: Desk, github: GitHubGateway) -> dict[str, object]:
    await replace(desk.executor(), github=github).step()
    await project(desk.store)
    [(action, content)] = await desk.outcomes()
    assert action == "failed"
    return content


async def test_a_refusal_is_told_in_githubs_words_and_handed_to_a_person(
    store: Store, log: EventLog, clock: Clock, script: Script, github: GitHubGateway
) -> None:
    desk = await a_desk(store, log, clock)
    errors = [{"resource": "Issue", "field": "assignees", "code": "invalid"}]
    script.on(ASSIGNEES, {"message": f"Not with {USER_TOKEN}", "errors": errors}, 422)
    told = await failure(desk, github)
    assert told["error"] == "GitHub refused: Not with [hidden]; Issue assignees invalid"
    assert told["answer"] == {"status": 422, "request_id": "R:1"}
    await desk.stage.settle()
    assert len(await desk.requested("hand_to_person")) == 1
    assert not any(USER_TOKEN in event.payload for event in await log.read(0, 1000))


@pytest.mark.parametrize("status", [404, 410, 422, 451])
async def test_words_without_end_are_cut(  # noqa: PLR0913 (fixtures)
    store: Store, log: EventLog, clock: Clock, script: Script, github: GitHubGateway, status: int
) -> None:
    desk = await a_desk(store, log, clock)
    script.on(ASSIGNEES, {"message": f"no {USER_TOKEN}\ud800 " * 10_000}, status)
    told = await failure(desk, github)
    assert 100 < len(str(told["error"])) <= MAX_REASON
    assert USER_TOKEN not in str(told)
