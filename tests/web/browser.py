"""A person at the dashboard: pages that are opened, and what no page may ever do.

Whatever a test is about, it fails where a page asked another host for anything, broke its
Content-Security-Policy, wrote an error to the console, or let a script fail.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.web.site import Site

ROOT = Path(__file__).parents[2]
Result = TypeVar("Result")

_ADVICE = (
    "these tests need Chromium: `apt-get update && apt-get install -y chromium` brings it, "
    "on other systems any program of that name on the PATH"
)
PATIENCE = 20_000  # milliseconds, on a busy machine
_LOOK = 250  # milliseconds between one look and the next
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")  # all that another theme may change
# All that a page may leave behind; scripts that were compiled stay.
_STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers"
_BODILESS = "Failed to load resource"  # of an answer, which is looked at itself


@dataclass(slots=True)
class Chromium:
    """A browser, and the one thread in which all that is done with it is done."""

    browser: Browser
    thread: ThreadPoolExecutor
    kept: BrowserContext | None = None
    keeper: Page | None = None

    def run(self, work: Callable[[], Result]) -> Result:
        """Do something with it."""
        return self.thread.submit(work).result()

    def new_profile(self) -> BrowserContext:
        """Make a profile that nobody has used."""
        profile = self.browser.new_context(
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        profile.set_default_timeout(PATIENCE)
        return profile

    def cleared_profile(self, url: str) -> BrowserContext:
        """Empty the one profile that is kept, for whoever visits a site next.

        In it stays a page, by which a renderer stays that has compiled the dashboard: to open a
        view takes less than half as long there.
        """
        if self.kept is None or self.keeper is None:
            self.kept = self.new_profile()
            self.keeper = self.kept.new_page()
        if not self.keeper.url.startswith(f"{url}/"):
            self.keeper.goto(f"{url}/favicon.svg")
        told = self.kept.new_cdp_session(self.keeper)
        told.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": _STORED})
        told.detach()
        return self.kept


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Run the machine's Chromium until the block ends."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail(_ADVICE)
    # Pages of one profile and site share a renderer, which compiles their scripts once.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--process-per-site"]
    expect.set_options(timeout=PATIENCE)
    with ThreadPoolExecutor(1, "browser") as thread:
        driver = thread.submit(sync_playwright().start).result()
        launch = driver.chromium.launch
        started = thread.submit(launch, executable_path=program, args=arguments).result()
        yield Chromium(started, thread)
        thread.submit(started.close).result()
        thread.submit(driver.stop).result()


@dataclass
class Visitor:
    """Opens pages of a site; ``expected`` are answers that may come.

    A busy service says 503 to who asks for what it has not got to, and pages ask again: where it
    goes on saying so they show an error, which no test takes for what it looks for.
    """

    chromium: Chromium
    site: Site
    expected: set[int] = field(default_factory=lambda: {503})
    problems: list[str] = field(default_factory=list)
    shared: BrowserContext | None = None
    own: list[BrowserContext] = field(default_factory=list)

    def __call__(self, path: str = "/", *, alone: bool = False, signed_in: bool = True) -> Page:
        """Open a page in a new window, and wait until it is shown.

        All windows of a test share a profile, which was emptied for it; one that is to be
        ``alone``, as whoever goes offline or nobody knows yet, has a new one.
        """
        if alone or not signed_in:
            profile = self._watched(self.chromium.new_profile(), signed_in=signed_in)
            self.own.append(profile)
        else:
            profile = self.shared or self._watched(self.chromium.cleared_profile(self.site.url))
            self.shared = profile
        return self.open(profile.new_page(), path)

    def open(self, page: Page, path: str) -> Page:
        """Go to a path, and wait until the view is there."""
        page.goto(f"{self.site.url}{path}")
        page.locator("h1").first.wait_for()
        page.locator("main:not([aria-busy=true])").first.wait_for()
        return page

    def leave(self) -> None:
        """Close all, and fail with what pages did that none may."""
        for profile in self.own:
            profile.close()
        if self.shared is not None:
            self.shared.remove_listener("page", self._watch)
            for page in self.shared.pages:
                if page is not self.chromium.keeper:
                    page.close()
        assert self.problems == []

    def _watched(self, profile: BrowserContext, *, signed_in: bool = True) -> BrowserContext:
        profile.on("page", self._watch)
        if signed_in:
            name, _, secret = self.site.cookie.partition("=")
            profile.add_cookies([{"name": name, "value": secret, "url": self.site.url}])
        return profile

    def _watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_BODILESS):
            self.problems.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"//{parts.netloc}" not in self.site.url:
            self.problems.append(f"another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status}: {response.url}")


def flaws(page: Page, rules: tuple[str, ...] = _RULES) -> list[str]:
    """Return what axe finds in a page as it is shown, each with the place."""
    # Not as a script of the page's, which its policy would forbid.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", [*rules])
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """Return what sticks out of a page to the right, so that it would be scrolled sideways."""
    # What hangs on the width of the window is drawn with the frame after it is told.
    found: list[str] = page.evaluate(
        """async () => {
            for (let frame = 0; frame < 2; frame += 1)
                await new Promise(requestAnimationFrame);
            const wide = document.documentElement.scrollWidth - innerWidth;
            if (wide <= 0) return [];
            return [...document.querySelectorAll('body *')]
                .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
                .slice(0, 5)
                .map((each) => `${wide} px: ${each.outerHTML.slice(0, 160)}`);
        }"""
    )
    return found


def follow(page: Page, path: str) -> None:
    """Follow a link to another view within the page, as whatever leads there does."""
    page.evaluate(
        """(path) => {
            const link = document.createElement('a');
            link.href = path;
            document.body.append(link);
            link.click();
            link.remove();
        }""",
        path,
    )


def said(page: Page) -> str:
    """Return what a page says, but for what hangs on the clock and what can be done now.

    Of a list that is drawn as it comes into view only what any window shows of it.
    """
    text: str = page.evaluate(
        """() => {
            const main = document.querySelector('main').cloneNode(true);
            for (const each of main.querySelectorAll('time, button')) each.remove();
            for (const each of main.querySelectorAll('li[aria-posinset]'))
                if (each.ariaPosInSet > 15) each.remove();
            return main.textContent.replace(/\\s+/g, ' ').trim();
        }"""
    )
    return text


def same(page: Page, other: Page, *, but: str = "$") -> None:
    """Wait until two pages say the same, ``but`` for what a pattern matches."""
    for _ in range(PATIENCE // _LOOK):
        if re.sub(but, "", said(page)) == re.sub(but, "", said(other)):
            return
        page.wait_for_timeout(_LOOK)
    one, another = re.sub(but, "", said(page)), re.sub(but, "", said(other))
    assert one == another, f"{page.url}: {one}\n{other.url}: {another}"
