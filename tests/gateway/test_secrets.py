"""No token and no key shows in a repr, a log line, an answer or an error."""

import logging
import traceback

import pytest

from gateway import Access, AppKey, CredentialUnusable, GitHubGateway, app_key
from reactions.ports.failures import GitHubFailure
from tests.gateway.credentials import (
    FIRST,
    REPO,
    SECOND,
    TOKENS,
    USER_TOKEN,
    a_key,
    installation_tokens,
    pem,
)
from tests.gateway.scripted import Script
from tests.gateway.watch import Watch

pytestmark = pytest.mark.anyio

SECRETS = (USER_TOKEN, FIRST, SECOND, "PRIVATE KEY")
COMMENTS = "POST /repos/acme/shop/issues/7/comments"


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def chain(error: BaseException) -> list[BaseException]:
    """Return an error and all that it came of."""
    came_of = error.__cause__ or error.__context__
    return [error, *(chain(came_of) if came_of else [])]


@pytest.mark.parametrize("status", [401, 403, 422, 502])
@pytest.mark.parametrize("as_user", [True, False])
async def test_a_failure_shows_none_even_of_a_server_that_echoes_them(
    github: GitHubGateway, script: Script, status: int, *, as_user: bool
) -> None:
    script.on(COMMENTS, {"message": f"bad token {USER_TOKEN}{FIRST}{SECOND}"}, status)
    with pytest.raises(GitHubFailure) as failed:
        await github.comment(REPO, 7, "words", as_user=as_user)
    error = failed.value
    shown = "".join([str(error), repr(error), error.words, *traceback.format_exception(error)])
    assert script.asked_for(COMMENTS)[-1].bearer not in shown
    assert "[hidden]" in shown
    assert chain(error) == [error]  # nothing that holds the request


async def test_an_answer_shows_none(github: GitHubGateway, script: Script) -> None:
    script.on(COMMENTS, {"id": 1, "token": USER_TOKEN}, 201)
    answer = await github.comment(REPO, 7, "words", as_user=True)
    assert not secrets_in(f"{answer!r}{answer.as_json()}")


async def test_no_log_line_shows_one(
    github: GitHubGateway, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script.on(COMMENTS, {"id": 1}, 201)
    await github.comment(REPO, 7, "words", as_user=True)
    await github.comment(REPO, 7, "words", as_user=False)
    lines = "\n".join(record.getMessage() for record in caplog.records)
    assert "/repos/acme/shop/issues/7/comments" in lines
    assert not secrets_in(lines)
    assert script.the(TOKENS).bearer not in lines


async def test_no_repr_shows_one(script: Script, key: AppKey, watch: Watch) -> None:
    installation_tokens(script)
    script.on(COMMENTS, {"id": 1}, 201)
    access = Access(script.url, key, USER_TOKEN)
    async with GitHubGateway(access, watch) as github:
        await github.comment(REPO, 7, "words", as_user=False)
        parts = [access, key, key.key, github, github._calls, github._calls.tokens]  # noqa: SLF001 (what they hold)
        parts += [github._calls.tokens._cached]  # noqa: SLF001 (likewise)
        assert not secrets_in("".join(map(repr, parts)))


@pytest.mark.parametrize("token", ["ghu_a b", "ghu_\nx", "ghu_\u00fc", "ghu_\0"])
def test_a_token_that_no_header_carries_is_refused_unquoted(key: AppKey, token: str) -> None:
    with pytest.raises(CredentialUnusable) as unusable:
        Access("http://127.0.0.1", key, token)
    assert "ghu_" not in str(unusable.value)


@pytest.mark.parametrize("text", ["", "a key", "-----BEGIN PRIVATE KEY-----\nQUJD\n"])
def test_what_is_no_key_is_refused_unquoted(text: str) -> None:
    with pytest.raises(CredentialUnusable, match="no RSA private key in PEM form") as unusable:
        app_key("1", text)
    assert text == "" or text not in str(unusable.value)
    assert unusable.value.__context__ is None


def test_a_key_in_pem_form_is_read() -> None:
    key = a_key()
    read = app_key("1", pem(key))
    assert read.key.private_numbers() == key.private_numbers()
    assert not secrets_in(repr(read))
