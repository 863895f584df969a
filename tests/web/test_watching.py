"""A browser that watches while a simulated GitHub's work is conducted: its pages keep up alone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.forkserver import copy
from tests.service import until
from tests.web.browser import Visitor, same
from tests.web.site import Site, signed_in

PATIENCE = 180.0  # seconds until all work came to its end
SPEED = "600"
OVER = "all came to their end"
# Notes how rows change, and where one does not stay before those that it was before.
WATCH = """() => {
    const main = document.querySelector('main');
    const rows = () => [...main.querySelectorAll('[data-row]')].map((row) => row.dataset.row);
    let before = rows();
    window.watched = { changes: 0, jumps: [] };
    new MutationObserver(() => {
        const now = rows();
        watched.changes += 1;
        if (before.some((row, at) => now[at] !== row)) watched.jumps.push([before, now]);
        before = now;
    }).observe(main, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Where the demonstration's lines are written to."""
    return tmp_path / "told"


@pytest.fixture
def site(tmp_path: Path, told: Path) -> Iterator[Site]:
    """A demonstration as people run it: its GitHub, its people and the service, over HTTP."""
    with told.open("wb") as lines:
        command = ("demo", "--issues", "6", "--speed", SPEED)
        process = copy(command, tmp_path, dict(os.environ), lines.fileno(), lines.fileno())
        try:
            until(lambda: "Open the dashboard" in told.read_text())
            [url] = re.findall(r"Open the dashboard at +(http://[\d.:]+)/", told.read_text())
            token = re.findall(r"Bearer (\S+?)'", told.read_text())[0]
            yield signed_in(url, token)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def test_lanes_and_what_needs_a_person_change_by_themselves_and_end_as_the_api_tells(
    visit: Visitor, site: Site, told: Path
) -> None:
    lanes = visit("/lanes")
    first = lanes.locator("main [data-row]").first
    first.hover()  # before another window stands before this one
    place = first.bounding_box()
    needs = visit("/")
    for page in (lanes, needs):
        page.evaluate(WATCH)

    _until_over(lanes, told)
    assert lanes.evaluate("watched.changes") > 3  # it was never loaded anew, and changed often
    assert lanes.evaluate("watched.jumps") == []  # under the pointer
    assert first.bounding_box() == place

    stuck = site.get("/api/workflows", attention="needs_human", order="waiting")["items"]
    assert stuck
    titles = [f"{each['issue']['title']}#{each['issue']['number']}" for each in stuck]
    expect(needs.locator("main [data-row]")).to_have_text(titles)
    assert needs.evaluate("watched.changes") > 0
    lanes.mouse.move(1, 1)
    same(lanes, visit("/lanes"))
    same(needs, visit("/"))


def _until_over(page: Page, told: Path) -> None:
    deadline = monotonic() + PATIENCE
    while OVER not in told.read_text():
        assert monotonic() < deadline, told.read_text()
        page.wait_for_timeout(200)
