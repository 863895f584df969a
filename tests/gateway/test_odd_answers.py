"""What comes from GitHub's address and is not as GitHub answers: never a yes, never endless."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from gateway import Access, AppKey, GitHubGateway
from gateway.client import MAX_BODY
from reactions.ports.answers import RateLimit
from reactions.ports.failures import GitHubFailure, NotFound, RateLimited, Refused, Unavailable
from tests.gateway.bodies import an_issue
from tests.gateway.credentials import FIRST, REPO, SECOND, USER_TOKEN
from tests.gateway.scripted import Script, ScriptedServer
from tests.gateway.watch import START, Watch

pytestmark = pytest.mark.anyio

ISSUE = "GET /repos/acme/shop/issues/7"
COMMENTS = "POST /repos/acme/shop/issues/7/comments"
LABEL = "POST /repos/acme/shop/issues/7/labels"
A_PAGE = b"<html><body>Sign in to the network</body></html>"


@pytest.mark.parametrize("body", [A_PAGE, b"", b'{"id": 1', b"\xff\xfe"])
@pytest.mark.parametrize("status", [200, 201])
async def test_a_yes_that_is_no_json_may_have_been_done_or_not(
    github: GitHubGateway, script: Script, status: int, body: bytes
) -> None:
    for path in (ISSUE, COMMENTS, LABEL):
        script.on(path, body, status)
    for call in (
        github.issue(REPO, 7),
        github.comment(REPO, 7, "words", as_user=False),
        github.add_label(REPO, 7, "bug"),
    ):
        with pytest.raises(Unavailable, match=f"GitHub answered {status} without any JSON"):
            await call
    assert len(script.asked_for(COMMENTS)) == 1


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (rb"\ud83d\ude80", "🚀"),
        (rb"\ud83d", "\ufffd"),
        (rb"\ude80 \ud83d", "\ufffd \ufffd"),
        (rb"\ud83d\ud83d\ude80", "\ufffd🚀"),
        (rb"\\ud83d \ud83d", r"\ud83d" + " \ufffd"),
        (rb"\\\ud83d", "\\\ufffd"),
    ],
)
async def test_a_text_that_was_cut_within_an_emoji_is_read(
    github: GitHubGateway, script: Script, sent: bytes, read: str
) -> None:
    script.on(ISSUE, b'{"message":"<' + sent + b'>"}', 404)
    with pytest.raises(NotFound) as failed:
        await github.issue(REPO, 7)
    assert failed.value.words == f"<{read}>"


async def test_a_failure_that_is_a_page_says_nothing_of_the_page(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ISSUE, A_PAGE, 403)
    with pytest.raises(GitHubFailure) as failed:
        await github.issue(REPO, 7)
    assert str(failed.value) == "GitHub answered 403"


@pytest.mark.parametrize("status", [200, 302, 404, 500])
@pytest.mark.parametrize("packed", [True, False])
async def test_a_body_without_measure_is_not_read_to_its_end(
    github: GitHubGateway, script: Script, status: int, *, packed: bool
) -> None:
    body = b" " * (MAX_BODY + 1)
    headers = {"location": f"{script.url}/user"} if status == 302 else {}
    if packed:
        body, headers = gzip.compress(body), headers | {"content-encoding": "gzip"}
    script.on(ISSUE, body, status, headers)
    with pytest.raises(Unavailable, match=f"more than {MAX_BODY} bytes"):
        await github.issue(REPO, 7)
    script.on("GET /user", {"id": 1, "login": "anna"})
    assert await github.acting_user()  # the connection is given back


async def test_a_large_packed_page_is_read_whole(github: GitHubGateway, script: Script) -> None:
    issues = [an_issue(number=number, body="x" * 60_000) for number in range(100)]
    page = gzip.compress(str(issues).replace("'", '"').encode())
    script.on("GET /repos/acme/shop/issues", page, headers={"content-encoding": "gzip"})
    assert len([each async for each in github.open_issues(REPO)]) == 100


@pytest.mark.parametrize("asked", [ISSUE, COMMENTS])
@pytest.mark.parametrize(
    ("place", "status"),
    [
        *(("http://127.0.0.1:{other}", status) for status in (301, 302, 307, 308)),
        ("//127.0.0.1:{other}", 307),
        ("http://someone:secret@127.0.0.1:{other}", 307),
        ("http://localhost:{other}", 307),
        ("http://localhost:{same}", 307),
        ("https://127.0.0.1:{same}", 307),
    ],
)
async def test_nothing_is_sent_to_another_host_port_or_scheme(
    github: GitHubGateway, script: Script, place: str, asked: str, status: int
) -> None:
    another = ScriptedServer()
    with another.running():
        ports = {"same": urlsplit(script.url).port, "other": urlsplit(another.url).port}
        script.on(asked, None, status, {"location": f"{place.format(**ports)}/collect"})
        comments = asked == COMMENTS
        call = github.comment(REPO, 7, "", as_user=True) if comments else github.issue(REPO, 7)
        with pytest.raises(Refused, match="another host, port or scheme"):
            await call
    assert len(script.asked_for(asked)) == 1
    assert not any(each.path == "/collect" for each in [*script.asked, *another.script.asked])


async def test_a_redirect_to_the_same_place_is_followed(
    github: GitHubGateway, script: Script
) -> None:
    """As GitHub redirects what was asked of a repository under its old name."""
    script.on(ISSUE, None, 301, {"location": f"{script.url}/repositories/1/issues/7"})
    script.on("GET /repositories/1/issues/7", an_issue())
    assert (await github.issue(REPO, 7)).number == 7
    assert [each.bearer for each in script.asked[-2:]] == [FIRST, FIRST]


async def test_a_redirect_to_nowhere_is_a_failure(github: GitHubGateway, script: Script) -> None:
    script.on(ISSUE, {}, 302)
    script.on(COMMENTS, {}, 307, {"location": "http://["})
    with pytest.raises(GitHubFailure):
        await github.issue(REPO, 7)
    with pytest.raises(GitHubFailure):
        await github.comment(REPO, 7, "words", as_user=True)


async def test_a_token_that_ends_between_two_pages_is_replaced(
    github: GitHubGateway, script: Script
) -> None:
    path = "GET /repos/acme/shop/issues"
    link = {"link": f'<{script.url}/repos/acme/shop/issues?page=2>; rel="next"'}
    script.on(path, [an_issue()], headers=link)
    script.on(path, {"message": "Bad credentials"}, 401)
    script.on(path, [an_issue(number=8)])
    assert [each["number"] async for each in github.open_issues(REPO)] == [7, 8]
    assert [asked.bearer for asked in script.asked_for(path)] == [FIRST, FIRST, SECOND]


@asynccontextmanager
async def answering(*parts: bytes, hangs: bool) -> AsyncIterator[str]:
    """A server that answers everything with some bytes and then hangs, or hangs up."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
        await writer.drain()
        if hangs:
            await over.wait()
        writer.close()

    over = asyncio.Event()
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()
        await server.wait_closed()


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n"


@pytest.mark.parametrize("parts", [(), (b"HTTP/1.1 200",), (HEAD,), (HEAD, b'{"id": 1,')])
@pytest.mark.parametrize("hangs", [True, False])
async def test_an_answer_that_breaks_off_or_never_ends_is_unavailable(
    key: AppKey, watch: Watch, parts: tuple[bytes, ...], *, hangs: bool
) -> None:
    async with (
        answering(*parts, hangs=hangs) as url,
        GitHubGateway(Access(url, key, USER_TOKEN), watch, patience=0.3) as github,
    ):
        words = "did not answer within" if hangs else "could not be reached"
        with pytest.raises(Unavailable, match=words):
            await github.acting_user()


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 999999 No\r\n\r\n", b"\0" * 99]
)
async def test_what_is_no_http_is_unavailable(key: AppKey, watch: Watch, answer: bytes) -> None:
    async with (
        answering(answer, hangs=False) as url,
        GitHubGateway(Access(url, key, USER_TOKEN), watch, patience=5.0) as github,
    ):
        with pytest.raises(Unavailable, match="could not be reached"):
            await github.acting_user()


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"retry-after": "90"}, START + timedelta(seconds=90)),
        ({"retry-after": "Fri, 20 Nov 2026 12:10:00 GMT"}, START + timedelta(minutes=10)),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
async def test_an_outage_says_until_when_if_github_does(
    github: GitHubGateway, script: Script, headers: dict[str, str], until: object
) -> None:
    script.on(ISSUE, {"message": "Down for maintenance"}, 503, headers)
    with pytest.raises(Unavailable) as failed:
        await github.issue(REPO, 7)
    assert failed.value.until == until


@pytest.mark.parametrize("apart", [timedelta(hours=-3), timedelta(), timedelta(hours=3)])
async def test_a_limit_ends_by_our_clock_however_far_it_is_from_githubs(
    github: GitHubGateway, script: Script, limits: list[RateLimit], apart: timedelta
) -> None:
    theirs, twenty = START + apart, timedelta(minutes=20)
    headers = {
        "date": f"{theirs:%a, %d %b %Y %H:%M:%S} GMT",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": f"{theirs + twenty:%s}",
    }
    script.on(ISSUE, {"message": "API rate limit exceeded"}, 403, headers)
    with pytest.raises(RateLimited) as limited:
        await github.issue(REPO, 7)
    assert (limited.value.until, limits[0].reset) == (START + twenty, START + twenty)


async def test_a_clock_of_the_last_day_of_time_is_no_fault(
    github: GitHubGateway, script: Script
) -> None:
    headers = {"date": "Fri, 31 Dec 9999 23:59:59 GMT", "x-ratelimit-remaining": "0"}
    script.on(ISSUE, {"message": "no"}, 403, headers | {"x-ratelimit-reset": "1"})
    with pytest.raises(RateLimited) as limited:
        await github.issue(REPO, 7)
    assert START <= limited.value.until <= START + timedelta(days=1)


async def test_a_gateway_that_was_closed_opens_new_connections(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ISSUE, an_issue())
    for _ in range(2):
        assert (await github.issue(REPO, 7)).number == 7
        await github.close()
