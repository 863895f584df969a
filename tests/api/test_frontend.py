"""The dashboard's files over HTTP: where its page is, what is kept how long, what is neither."""

import base64
import gzip
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from api.app import create_app
from api.frontend.files import read_frontend
from api.frontend.serving import VIEWS
from tests.api.documented import Nowhere
from tests.service import Client, app_over, client_of

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
INLINE = "\n\t{ begin(); }\n"
PAGE = f'<!doctype html><script src="/theme.js"></script><body><script>{INLINE}</script></body>'
SCRIPT = "_app/immutable/entry/start.abc.js"
HTML = {"Accept": "text/html"}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """What a build leaves, in short."""
    for name, content in {
        "page.html": PAGE,
        "theme.js": "theme()",
        "favicon.svg": "<svg/>",
        SCRIPT: "start()",
        ".stamp": "not for anybody",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (tmp_path / f"{SCRIPT}.gz").write_bytes(gzip.compress(b"start()"))
    (tmp_path / f"{SCRIPT}.br").write_bytes(b"as brotli has it")
    return tmp_path


@pytest.fixture
async def browser(build: Path) -> AsyncIterator[Client]:
    services = replace(app_over(Nowhere()).state.services, frontend=read_frontend(build))
    async with client_of(create_app(services)) as client:
        yield client


def directives(answer: httpx2.Response) -> dict[str, str]:
    policy = answer.headers["content-security-policy"]
    return dict(each.split(" ", 1) for each in policy.split("; "))


@pytest.mark.parametrize("path", ["/", *VIEWS, "/r/octo-org/a.b/5?as_of=12", "/?as_of=7"])
async def test_the_page_is_at_each_view_under_its_policy(browser: Client, path: str) -> None:
    answer = await browser.http.get(re.sub(r"{\w+}", "5", path), headers=HTML)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    known = base64.b64encode(hashlib.sha256(INLINE.encode()).digest()).decode()
    assert directives(answer)["script-src"] == f"'self' 'sha256-{known}'"
    assert directives(answer)["style-src"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/nothing",
        "/nothing",
        "/r/only-an-owner",
        "/lanes/",
        "/page.html",
        "/.stamp",
        "/_app/immutable/entry/another.js",
        "/_app/../page.html",
        "/_app/%2e%2e/%2e%2e/etc/passwd",
        "/_app//etc/passwd",
        f"/{SCRIPT}.gz",
    ],
)
async def test_nothing_else_is_the_page_nor_a_file(browser: Client, path: str) -> None:
    answer = await browser.http.get(path, headers=HTML)
    assert answer.status_code == 404
    assert "begin()" not in answer.text
    assert "root:" not in answer.text


async def test_what_is_named_by_its_content_is_kept_for_ever_and_packed(browser: Client) -> None:
    for accepted, coding, content in (
        ("identity", None, "start()"),
        ("gzip, br;q=0", "gzip", "start()"),
        ("br, gzip", "br", None),
    ):
        headers = {"Accept-Encoding": accepted}
        async with browser.http.stream("GET", f"/{SCRIPT}", headers=headers) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "accept-encoding" in answer.headers["vary"].lower()
        plain = gzip.decompress(raw) if coding == "gzip" else raw
        assert plain == (content or "as brotli has it").encode()


async def test_what_a_browser_has_is_not_sent_again(browser: Client) -> None:
    first = await browser.http.get("/")
    headers = {"If-None-Match": f'"another", {first.headers["etag"]}'}
    again = await browser.http.get("/", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await browser.http.get("/", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/", "/lanes", "/theme.js", f"/{SCRIPT}"])
async def test_a_head_is_answered_as_the_get_without_its_body(browser: Client, path: str) -> None:
    got = await browser.http.get(path)
    head = await browser.http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "cache-control", "content-type", "content-length"):
        assert head.headers[name] == got.headers[name], name
    assert (await browser.http.post(path)).status_code == 405


async def test_where_it_is_not_built_the_first_page_says_how_to_get_it() -> None:
    async with client_of(app_over(Nowhere())) as client:
        assert "make dashboard" in (await client.http.get("/", headers=HTML)).text
        answer = await client.http.get("/lanes", headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await client.http.get("/theme.js")).status_code == 404


def test_every_view_of_the_dashboard_has_its_path_here() -> None:
    routes = ROOT / "web" / "src" / "routes"
    found = [each.parent.relative_to(routes).as_posix() for each in routes.rglob("+page.svelte")]
    # A folder in parentheses groups, and is no part of an address.
    parts = [[part for part in path.split("/") if part[0] not in "(."] for path in found]
    paths = {"/" + "/".join(re.sub(r"\[\w+\]", "{}", part) for part in each) for each in parts}
    # What is to be set up shows the pages of set-up first: it is routed for itself.
    assert paths == {"/", "/setup"} | {re.sub(r"{\w+}", "{}", path) for path in VIEWS}


def test_there_is_no_frontend_in_an_empty_folder(tmp_path: Path) -> None:
    assert read_frontend(tmp_path) is None
