"""Offline and back: each view says so, and then says what it would have said."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.databases import sqlite_url
from tests.service import Started, started
from tests.web.browser import PATIENCE, ROOT, Visitor, follow, same
from tests.web.history import BEACON, PAUSED_FOR, copied_to
from tests.web.site import Site, signed_in
from tests.web.views import VIEWS

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
NODES = ROOT / "web" / "build" / "_app" / "immutable" / "nodes"
PATHS: Mapping[str, Callable[[Site], str]] = {
    **VIEWS,
    "repository": lambda _site: f"/r/{BEACON}",
}
# The checklist is of the last seconds, which may be others for the second window that looks.
COUNTED = r"\d+ events, sound at its end"
# What each view shows of a pause; the others are only to be as those that were never offline.
REASON, POSITION = "reason", "position"
SHOWN = {
    "needs-you": REASON,
    "lanes": REASON,
    "repository": REASON,
    "events": POSITION,
    "event": POSITION,
}


def state(page: Page, name: str) -> None:
    expect(page.locator(f"[data-connection={name}]")).to_be_visible()


@on_one_database
def test_each_view_goes_on_after_having_been_offline_as_if_it_had_not(
    visit: Visitor, site: Site
) -> None:
    away, there = visit("/account", alone=True), visit("/account")
    path_of_one = f"/api/repositories/{site.repository(BEACON)['id']}"

    def paused_for(reason: str) -> int:
        site.command(f"{path_of_one}/resume", reason="for another reason")
        return site.command(f"{path_of_one}/pause", reason=reason)

    for view, path in PATHS.items():
        where = path(site)
        for page in (away, there):
            follow(page, where)
            expect(page).to_have_url(f"{site.url}{where}")
        state(away, "live")
        away.context.set_offline(True)
        state(away, "offline")
        reason = f"{view} is away"
        position = paused_for(reason)
        away.context.set_offline(False)
        state(away, "live")
        if view in SHOWN:
            told = reason if SHOWN[view] == REASON else f"#{position}"
            expect(away.locator("main")).to_contain_text(told)
        same(away, there, but=COUNTED)
    paused_for(PAUSED_FOR)
    away.context.set_offline(True)
    state(away, "offline")
    follow(away, "/lanes")
    expect(away.locator("main[aria-busy=true]")).to_be_visible()
    away.context.set_offline(False)
    expect(away.get_by_role("heading", level=1)).to_have_text("Lanes")


class Restarting:
    """A service that is killed, and started again where it was."""

    def __init__(self, folder: Path, url: str, running: ExitStack) -> None:
        self._folder, self._url, self._running = folder, url, running
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._now = self.start()
        self.site = signed_in(self._now.url)

    def start(self) -> Started:
        given = started(self._folder, self._url, "--port", str(self._port))
        self._now = self._running.enter_context(given)
        return self._now

    def kill(self) -> None:
        self._now.process.send_signal(SIGKILL)
        self._now.process.wait()


@pytest.fixture
def service(tmp_path: Path, history: Path) -> Iterator[Restarting]:
    url = sqlite_url(tmp_path / "history.db")
    copied_to(history, url)
    with ExitStack() as running:
        yield Restarting(tmp_path, url, running)


@on_one_database
def test_a_page_outlasts_a_service_that_is_killed_and_comes_back(
    visit: Visitor, service: Restarting
) -> None:
    visit.site = service.site
    page = visit("/lanes")
    state(page, "live")
    _has_all_code(page)
    paths = [path(service.site) for path in VIEWS.values()]
    service.kill()
    state(page, "offline")
    for path in (*paths, "/events"):
        follow(page, path)
        expect(page.locator("main[aria-busy=true]")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Lanes")
    service.start()
    state(page, "live")
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")
    number = service.site.repository(BEACON)["id"]
    position = service.site.command(f"/api/repositories/{number}/resume", reason="it is back")
    expect(page.locator("main")).to_contain_text(f"#{position}")


def _has_all_code(page: Page) -> None:
    """Wait until the code of every view was loaded, not only of the one that is shown."""
    loaded = """() => performance.getEntriesByType('resource')
        .filter((each) => each.name.includes('/immutable/nodes/')).length"""
    until = monotonic() + PATIENCE / 1000
    while page.evaluate(loaded) < len([*NODES.glob("*.js")]):
        assert monotonic() < until, "not all of the code was brought"
        page.wait_for_timeout(100)
