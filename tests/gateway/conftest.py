"""The gateway against a scripted server."""

from collections.abc import AsyncIterator, Iterator

import pytest

from gateway import Access, AppKey, GitHubGateway
from reactions.ports.answers import RateLimit
from tests.gateway.credentials import APP_ID, USER_TOKEN, a_key, installation_tokens
from tests.gateway.scripted import Script, ScriptedServer
from tests.gateway.watch import Watch


@pytest.fixture(scope="session")
def server() -> Iterator[ScriptedServer]:
    """One server for all tests."""
    server = ScriptedServer()
    with server.running():
        yield server


@pytest.fixture(scope="session")
def key() -> AppKey:
    """The App's key."""
    return AppKey(APP_ID, a_key())


@pytest.fixture
def script(server: ScriptedServer) -> Script:
    """An empty script, but for installation tokens."""
    server.script = Script(server.url)
    installation_tokens(server.script)
    return server.script


@pytest.fixture
def watch() -> Watch:
    """A clock that stands until it is moved."""
    return Watch()


@pytest.fixture
def limits() -> list[RateLimit]:
    """What was observed of budgets."""
    return []


@pytest.fixture
async def github(
    script: Script, key: AppKey, watch: Watch, limits: list[RateLimit]
) -> AsyncIterator[GitHubGateway]:
    """The gateway with an App and an acting user."""
    access = Access(script.url, key, USER_TOKEN)
    async with GitHubGateway(access, watch, limits.append, patience=5.0) as gateway:
        yield gateway
