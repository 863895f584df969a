"""The gateway as the settings make it."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway import CredentialUnusable
from reactions.ports.answers import ActingUser
from reactions.ports.failures import Unauthorised
from reactions.ports.github import GitHub
from runtime.github import open_github
from runtime.settings import Settings
from tests.gateway.credentials import USER_TOKEN, a_key, pem
from tests.gateway.scripted import Script, ScriptedServer
from tests.gateway.watch import Watch

pytestmark = pytest.mark.anyio

PEM = pem(a_key())
APP = {"id": 1234, "slug": "conductor", "permissions": {}, "events": []}


@pytest.fixture
def script(server: ScriptedServer) -> Script:
    server.script = Script(server.url)
    server.script.on("GET /app", APP)
    server.script.on("GET /user", {"id": 11, "login": "anna"})
    return server.script


def settings(script: Script, key: str = "", token: str = "") -> Settings:
    return Settings(
        _env_file=None,
        github_api_url=script.url,
        github_app_id="1234",
        github_private_key=SecretStr(key),
        acting_user_token=SecretStr(token),
    )


async def test_it_asks_as_the_app_and_as_the_acting_user(script: Script) -> None:
    given = settings(script, PEM, f" {USER_TOKEN}\n")
    async with open_github(given, Watch()) as github:
        port: GitHub = github
        assert (await port.app()).slug == "conductor"
        assert await port.acting_user() == ActingUser(11, "anna")
    assert script.the("GET /user").bearer == USER_TOKEN


@pytest.mark.parametrize("written", ["path", "escaped", "plain"])
async def test_the_private_key_is_a_text_or_the_path_of_one(
    script: Script, tmp_path: Path, written: str
) -> None:
    path = tmp_path / "app.pem"
    path.write_text(PEM, encoding="ascii")
    key = {"path": str(path), "escaped": PEM.replace("\n", "\\n"), "plain": PEM}[written]
    async with open_github(settings(script, key), Watch()) as github:
        assert (await github.app()).slug == "conductor"
        assert await github.acting_user() is None


async def test_without_a_key_only_what_needs_it_fails(script: Script) -> None:
    async with open_github(settings(script), Watch()) as github:
        with pytest.raises(Unauthorised, match="ORCHESTRATOR_GITHUB_PRIVATE_KEY"):
            await github.app()


@pytest.mark.parametrize(
    ("key", "because"),
    [
        ("/no/such/file.pem", "neither a PEM text nor a file that can be read; correct the path"),
        ("-----BEGIN NONSENSE-----", "no RSA private key in PEM form"),
    ],
)
async def test_a_key_that_can_be_none_is_said_at_once(
    script: Script, key: str, because: str
) -> None:
    with pytest.raises(CredentialUnusable, match=because) as unusable:
        open_github(settings(script, key), Watch())
    assert key not in str(unusable.value)
