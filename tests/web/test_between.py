"""What happens while the data of a page is on its way: the page has it all the same."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.browser import Visitor, follow
from tests.web.history import LANDER
from tests.web.site import Site

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
A_WHILE = 1000  # milliseconds, in which the stream brings what happened


@on_one_database
def test_a_page_shows_what_happened_between_its_data_and_the_stream(
    visit: Visitor, site: Site
) -> None:
    path = f"/api/repositories/{site.repository(LANDER)['id']}"
    page = visit("/account")
    expect(page.locator("[data-connection=live]")).to_be_visible()
    main = page.locator("main")

    _answered_late(page, lambda: site.command(f"{path}/pause", reason="on the way there"))
    follow(page, "/lanes")
    expect(main).to_contain_text("on the way there")

    done: list[int] = []
    _answered_late(page, lambda: done.append(site.command(f"{path}/resume", reason="it goes on")))
    page.route("**/api/events?limit=1", lambda route: _asked_after(page, done, route))
    visit.open(page, "/lanes")
    expect(main).not_to_contain_text("on the way there")


def _answered_late(page: Page, meanwhile: Callable[[], object]) -> None:
    """Have something happen once the page's next data was read, before it is there."""

    def answer(route: Route) -> None:
        read = route.fetch()
        meanwhile()
        page.wait_for_timeout(A_WHILE)
        route.fulfill(response=read)

    page.route("**/api/dashboard*", answer, times=1)


def _asked_after(page: Page, done: list[int], route: Route) -> None:
    """Have the log's end be asked for only when that is done."""
    while not done:
        page.wait_for_timeout(50)
    route.continue_()
