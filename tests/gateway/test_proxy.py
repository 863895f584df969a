"""The proxy that the environment names is used, and what it hands on is bounded all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway import Access, GitHubGateway
from gateway.client import MAX_BODY, ProxyUnusable
from reactions.ports.failures import Unavailable
from tests.gateway.credentials import USER_TOKEN
from tests.gateway.watch import Watch

pytestmark = pytest.mark.anyio

USER = b'{"id": 1, "login": "anna"}'
NOWHERE = "http://github.invalid"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@asynccontextmanager
async def proxy(length: int, body: bytes) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve as a proxy that answers everything by itself; yields its host and what it was asked."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n")).decode().strip())
        await reader.readuntil(b"\r\n\r\n")
        kind = b"content-type: application/json\r\nconnection: close"
        head = b"HTTP/1.1 200 OK\r\n%s\r\ncontent-length: %d\r\n\r\n" % (kind, length)
        writer.write(head + body)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def user_at(api_url: str) -> str | None:
    github = GitHubGateway(Access(api_url, None, USER_TOKEN), Watch())
    try:
        user = await github.acting_user()
        return user.login if user else None
    finally:
        await github.close()


@pytest.mark.parametrize("name", ["http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
async def test_the_proxy_of_the_environment_is_asked(
    monkeypatch: pytest.MonkeyPatch, name: str, scheme: str
) -> None:
    async with proxy(len(USER), USER) as (host, asked):
        monkeypatch.setenv(name, scheme + host)
        assert await user_at(NOWHERE) == "anna"
    assert asked == [f"GET {NOWHERE}/user HTTP/1.1"]


@pytest.mark.parametrize("proxy", ["flux://here:1", "socks5://here:1", "http://[::1"])
async def test_what_can_be_no_proxy_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(ProxyUnusable, match="correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"):
        await user_at(NOWHERE)


async def test_what_comes_through_a_proxy_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(MAX_BODY + 1, b" " * (MAX_BODY + 1)) as (host, _):
        monkeypatch.setenv("http_proxy", host)
        with pytest.raises(Unavailable, match=f"more than {MAX_BODY} bytes"):
            await user_at(NOWHERE)


async def test_a_host_that_needs_no_proxy_is_asked_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy(len(USER), USER) as (host, asked):
        monkeypatch.setenv("http_proxy", host)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with pytest.raises(Unavailable, match="could not be reached"):
            await user_at("http://127.0.0.1:1")
    assert asked == []
