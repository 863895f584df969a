"""Lanes: a line for each repository, and the order of its queue."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser import Visitor
from tests.web.history import ANTENNA, BEACON, LANDER, PAUSED_FOR, ROCKET
from tests.web.site import Site

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def row(page: Page, name: str) -> Locator:
    link = page.locator(f'a[title="{name}"]')
    return page.get_by_role("list", name="Lanes").locator("> li").filter(has=link)


def queue(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name=f"Queue of {name}").get_by_role("link")


def test_each_lane_says_what_is_under_way_and_whom_it_waits_for(visit: Visitor) -> None:
    page = visit("/lanes")
    expect(row(page, ROCKET)).to_contain_text("Ready to merge")
    expect(row(page, ROCKET)).to_contain_text("Commands are refused after a restart")
    expect(row(page, BEACON)).to_contain_text(f"Paused: {PAUSED_FOR}")
    page.get_by_role("button", name="Need a person").click()
    expect(row(page, LANDER)).to_be_visible()
    expect(row(page, BEACON)).to_be_hidden()
    expect(page).to_have_url(re.compile("attention=needs_human"))
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Filter lanes")).to_be_focused()
    page.keyboard.type("no such thing")
    expect(page.get_by_text("No lane is like that")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row(page, LANDER)).to_be_visible()


def test_where_nothing_is_under_way_it_says_why_the_next_is_not_begun(
    visit: Visitor, site: Site
) -> None:
    number = site.repository(ANTENNA)["id"]
    [queued] = site.get(f"/api/repositories/{number}/queue")["items"]
    expect(row(visit("/lanes"), ANTENNA)).to_contain_text(f"#1: {queued['reason']}")


def test_a_queue_is_put_in_order_by_keys_alone(visit: Visitor, site: Site) -> None:
    page = visit("/lanes")
    before = [each["issue"]["number"] for each in _queue(site)]
    assert len(before) >= 2
    first = queue(page, ROCKET).first
    expect(first).to_contain_text(f"#{before[0]}")
    first.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(queue(page, ROCKET).nth(1)).to_be_focused()
    save = page.get_by_role("button", name="Save this order")
    expect(save).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Tab")
        if save.evaluate("button => button === document.activeElement"):
            break
    expect(save).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=f"Order the queue of {ROCKET}")
    expect(dialog).to_contain_text(f"#{before[1]}, then #{before[0]}")
    dialog.get_by_role("textbox").fill("the second is more urgent")
    dialog.get_by_role("textbox").press("Tab")
    dialog.get_by_role("button", name="Save the order").press("Enter")
    expect(dialog).to_be_hidden()
    expect(queue(page, ROCKET).first).to_contain_text(f"#{before[1]}")
    assert [each["issue"]["number"] for each in _queue(site)] == [before[1], before[0], *before[2:]]
    _order(site, before)
    expect(queue(page, ROCKET).first).to_contain_text(f"#{before[0]}")


@on_one_database
def test_a_queue_is_put_in_order_by_dragging_and_put_back(visit: Visitor) -> None:
    page = visit("/lanes")
    issues = page.get_by_role("list", name=f"Queue of {ROCKET}").get_by_role("listitem")
    expect(issues.nth(1)).to_be_visible()
    before = issues.all_inner_texts()
    issues.nth(1).drag_to(issues.nth(0))
    expect(page.get_by_text("Not saved yet.", exact=True)).to_be_visible()
    expect(issues).to_have_text([before[1], before[0], *before[2:]], use_inner_text=True)
    page.get_by_role("button", name="Put it back").click()
    expect(issues).to_have_text(before, use_inner_text=True)


def test_nothing_is_put_in_order_in_the_past(visit: Visitor, site: Site) -> None:
    head = site.get("/api/events", limit=1)["items"][0]["position"]
    page = visit(f"/lanes?as_of={head}")
    first = queue(page, ROCKET).first
    first.focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(first).to_be_focused()
    expect(page.get_by_text("Not saved yet")).to_be_hidden()


def _queue(site: Site) -> list[dict[str, dict[str, int]]]:
    number = site.repository(ROCKET)["id"]
    return list(site.get(f"/api/repositories/{number}/queue")["items"])


def _order(site: Site, order: list[int]) -> None:
    number = site.repository(ROCKET)["id"]
    site.command(f"/api/repositories/{number}/queue/order", reason="as it was", order=order)
