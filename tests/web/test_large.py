"""Long lists in a browser: ten thousand workflows of a repository, a log of fifty thousand events.

`make test` has them shorter. How long a page was busy at a time hangs on the machine: it is told,
and bounded only where somebody sees to it that little else runs, by `make soak`.
"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from random import Random
from time import monotonic, sleep
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from benchmarks.filling import append, project
from benchmarks.history import Ticking, happenings
from benchmarks.issue_story import Lane, issue_story
from benchmarks.serving import Serving
from events.envelope import GITHUB, NewEvent
from tests.conftest import SOAK
from tests.databases import migrated, sqlite_url
from tests.service import RECEIVER, signed, started
from tests.web.browser import PATIENCE, Visitor
from tests.web.site import Site, signed_in

CROWD = 90  # the lane of so many workflows, apart from those in which much happens
WORKFLOWS = 10_000 if SOAK else 800
EVENTS = 50_000 if SOAK else 1_600
QUEUED, FAR = 200, 30  # entries of a queue that a page has, and places by which one is moved
MOST_ELEMENTS = 4_000  # of a page, however long its list is
LONGEST_TASK = 200  # milliseconds for which a page may hear nobody
PER_SECOND, SECONDS = 50, 60
LONGEST_FRAME = 100  # milliseconds
ACCEPTED = 202

BUSY = """() => {
    window.busy = [];
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) busy.push(Math.round(task.duration));
    }).observe({ type: 'longtask', buffered: true });
}"""
LOOK = """() => {
    scrollTo(0, document.documentElement.scrollHeight);
    const rows = document.querySelectorAll('main li[aria-posinset]');
    return {
        last: Number([...rows].at(-1)?.ariaPosInSet ?? 0),
        elements: document.querySelectorAll('*').length,
        over: document.body.innerText.includes('That is the oldest.')
    };
}"""
FRAMES = """() => {
    window.frames = [];
    let before = performance.now();
    const step = (now) => {
        frames.push(now - before);
        before = now;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
}"""


@dataclass(frozen=True, slots=True)
class Large:
    """A service with much behind it, and what happens next."""

    site: Site
    coming: Iterator[NewEvent]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    folder = tmp_path_factory.mktemp("large")
    url = migrated(sqlite_url(folder / "large.db"))
    coming = chain(_crowd(), happenings())
    append(url, islice(coming, EVENTS), Ticking())
    project(url)
    with started(folder, url) as service:
        if SOAK:  # what it does as it starts would keep the browser from the processors
            Serving(int(service.url.rpartition(":")[2]), service.process.pid).come_to_rest()
        yield Large(signed_in(service.url), coming)


@pytest.fixture
def site(large: Large) -> Site:
    return large.site


def test_all_workflows_of_a_repository_are_come_to_by_scrolling(visit: Visitor) -> None:
    page = visit(f"/r/octo-org/service-{CROWD}")
    page.evaluate(BUSY)
    workflows = page.get_by_role("list", name="Workflows of ").get_by_role("listitem")
    expect(workflows.first).to_be_visible()
    _to_the_end(page, lambda found: found["last"] == WORKFLOWS)
    _tell_how_busy(page)
    page.evaluate("scrollTo(0, 0)")
    expect(workflows.first).to_have_attribute("aria-posinset", "1")


def test_a_long_queue_is_put_in_order_by_keys_with_the_focus_on_what_moves(visit: Visitor) -> None:
    page = visit(f"/r/octo-org/service-{CROWD}")
    queue = page.get_by_role("list", name="Queue of ")
    first = queue.get_by_role("link").first
    expect(first).to_be_visible()
    assert queue.get_by_role("listitem").count() < QUEUED / 2  # only those that are near are drawn
    moved = queue.locator(f"[data-queued='{first.get_attribute('data-queued')}']")
    first.focus()
    for place in range(2, 2 + FAR):
        page.keyboard.press("Alt+ArrowDown")
        expect(page.get_by_text(f"is now {place} of {QUEUED}")).to_be_attached()
        expect(moved).to_be_focused()
    expect(moved).to_be_in_viewport()


def test_the_whole_log_is_come_to_by_scrolling(visit: Visitor) -> None:
    page = visit("/events")
    page.evaluate(BUSY)
    _to_the_end(page, lambda found: found["over"])
    _tell_how_busy(page)
    oldest = page.get_by_role("list", name="Events, newest first").get_by_role("listitem").last
    expect(oldest).to_contain_text("#1")
    expect(oldest).to_be_in_viewport()


@pytest.mark.skipif(not SOAK, reason="it takes a minute of a machine on which little else runs")
def test_a_tail_is_drawn_smoothly_and_without_a_hole(visit: Visitor, large: Large) -> None:
    page = visit("/events")
    expect(page.locator("[data-connection=live]")).to_be_visible()
    page.evaluate(FRAMES)
    with ThreadPoolExecutor(1) as aside:
        sent = aside.submit(_deliver, large)
        frames = _frames_until(page, sent)
        late = sent.result()
    links = page.get_by_role("list", name="Events, newest first").get_by_role("link")
    expect(links.first).to_contain_text(f"#{large.site.head}")
    drawn = page.locator("main [data-row] > span:first-child").all_inner_texts()
    positions = [int(each.removeprefix("#")) for each in drawn]
    assert positions == list(range(positions[0], positions[0] - len(positions), -1))
    _tell(f"{len(frames)} frames, the longest {max(frames):.0f} ms; {late:.2f} s late at most")
    assert max(frames) < LONGEST_FRAME


def _crowd() -> Iterator[NewEvent]:
    """Yield how so many issues are opened, each into the queue."""
    lane, random = Lane(CROWD), Random(1)  # noqa: S311 (no secret)
    yield from lane.begin()
    for _ in range(WORKFLOWS):
        yield next(issue_story(lane, random))


def _to_the_end(page: Page, is_there: Callable[[dict[str, Any]], bool]) -> None:
    """Scroll on for as long as more comes; a page never holds much more than what is seen."""
    found, until = page.evaluate(LOOK), monotonic() + PATIENCE / 1000
    while not is_there(found):
        before, found = found, page.evaluate(LOOK)
        assert found["elements"] < MOST_ELEMENTS
        if found["last"] != before["last"]:
            until = monotonic() + PATIENCE / 1000
        assert monotonic() < until, f"nothing more comes behind {found}"
        page.wait_for_timeout(20)


def _tell_how_busy(page: Page) -> None:
    tasks: list[int] = page.evaluate("busy")
    _tell(f"{page.url}: {len(tasks)} tasks of over 50 ms, the longest {max(tasks, default=0)} ms")
    assert not SOAK or max(tasks, default=0) < LONGEST_TASK, sorted(tasks)


def _tell(line: str) -> None:
    """Say it among what pytest shows with -rP."""
    sys.stdout.write(f"{line}\n")


def _deliver(large: Large) -> float:
    """Post what comes next as GitHub does; return by how many seconds one was late at most."""
    began, late = monotonic(), 0.0
    told = (event for event in large.coming if event.source == GITHUB)
    with httpx2.Client(base_url=large.site.url, timeout=30) as github:
        for number, event in enumerate(islice(told, PER_SECOND * SECONDS)):
            due = began + number / PER_SECOND
            sleep(max(0.0, due - monotonic()))
            late = max(late, monotonic() - due)
            body = event.payload.encode()
            sent = github.post(
                RECEIVER, content=body, headers=signed(event.type, body, str(event.id))
            )
            assert sent.status_code == ACCEPTED, sent.text
    return late


def _frames_until(page: Page, sent: Future[float]) -> list[float]:
    """Return how long each frame took until all was sent, in milliseconds."""
    while not sent.done():
        page.wait_for_timeout(500)
    frames: list[float] = page.evaluate("frames")
    return frames
