"""A server that is new, and somebody who sets it up with a browser that runs no script."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2

from simulator.simulator import Simulator
from tests.service import Started, run, started

HTML = {"Accept": "text/html"}
_LINK = re.compile(r"^http\S+/setup#\S+$", re.MULTILINE)
_ANCHOR = re.compile(r'<a[^>]* href="([^"]*)"[^>]*>(.*?)</a>')


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, what it sends, and its buttons."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            assert told.get("method") == "post"
            self.forms.append(Form(told["action"]))
        elif tag == "input" and (told["type"] not in ("radio", "checkbox") or "checked" in told):
            self.forms[-1].fields[told["name"]] = told.get("value", "")
        elif tag == "button":
            self.forms[-1].buttons.append((told.get("name", ""), told.get("value", "")))


def forms_of(page: httpx2.Response) -> list[Form]:
    """Read all forms of a page."""
    reader = _Reader()
    reader.feed(page.text)
    return reader.forms


@dataclass(slots=True)
class Visit:
    """One browser, at the service and at GitHub; ``clicks`` are those on our own pages."""

    http: httpx2.AsyncClient
    service: str
    clicks: list[str] = field(default_factory=list)
    at_github: list[str] = field(default_factory=list)

    async def open(self, url: str) -> httpx2.Response:
        """Go to an address and wherever it leads, as a browser does."""
        page = await self.http.get(urljoin(self.service, url), headers=HTML)
        return await self._followed(page)

    async def press(
        self, page: httpx2.Response, value: str, **changed: str | list[str]
    ) -> httpx2.Response:
        """Press the button of a value, with some fields changed, and follow where it leads."""
        [form] = [one for one in forms_of(page) if value in [v for _, v in one.buttons]]
        [name] = [name for name, given in form.buttons if given == value]
        own = urlsplit(str(page.url))
        url = urljoin(str(page.url), form.action)
        (self.clicks if self._is_ours(str(page.url)) else self.at_github).append(value)
        answer = await self.http.post(
            url,
            data={**form.fields, **changed, name: value},
            headers=HTML | {"Origin": f"{own.scheme}://{own.netloc}"},
        )
        return await self._followed(answer)

    async def follow(self, page: httpx2.Response, text: str) -> httpx2.Response:
        """Click on a link by what it says."""
        links = {unescape(said): unescape(link) for link, said in _ANCHOR.findall(page.text)}
        (self.clicks if self._is_ours(str(page.url)) else self.at_github).append(text)
        return await self.open(urljoin(str(page.url), links[text]))

    async def _followed(self, answer: httpx2.Response) -> httpx2.Response:
        while answer.is_redirect:
            where = urljoin(str(answer.url), answer.headers["location"])
            if answer.status_code == 307:  # the same method and body there
                sent = answer.request
                form = {"Content-Type": sent.headers["content-type"], "Origin": "null"}
                answer = await self.http.request(
                    sent.method, where, content=sent.content, headers=HTML | form
                )
            else:
                answer = await self.http.get(where, headers=HTML)
        return answer

    def _is_ours(self, url: str) -> bool:
        return url.startswith(self.service)


@asynccontextmanager
async def a_visit(service: str) -> AsyncIterator[Visit]:
    """Open a browser."""
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as http:
        yield Visit(http, service)


@contextmanager
def a_new_server(
    folder: Path, database_url: str, github: Simulator, *arguments: str, **settings: str
) -> Iterator[Started]:
    """Run the service as ``init`` leaves it, beside a GitHub where no App of its own is."""
    with started(
        folder, database_url, *arguments, **(at_github(github) | settings), home="home"
    ) as service:
        yield service


def at_github(github: Simulator) -> dict[str, str]:
    """Return the settings of a server that is new: a key, and where GitHub is."""
    return {
        "github_api_url": github.url,
        "github_web_url": github.url,
        "secret_key": "a-key-of-the-tests",
        "webhook_secret": "",
        "admin_token": "",
    }


def a_link(folder: Path, database_url: str, service: str, **settings: str) -> str:
    """Have ``setup`` show a link."""
    shown = run(folder, "setup", "--url", service, database_url=database_url, **settings)
    assert shown.returncode == 0, shown.stderr
    [link] = _LINK.findall(shown.stdout)
    return str(link)
