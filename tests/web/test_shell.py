"""What surrounds every view: signing in, going places, finding things, the past, the stream."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.service import TOKEN
from tests.web.browser import PATIENCE, Visitor, flaws
from tests.web.history import LANDER, RELAY
from tests.web.site import Site

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@on_one_database
def test_a_stranger_signs_in_with_the_admin_token_and_out_again(visit: Visitor) -> None:
    visit.expected |= {401, 403}
    page = visit("/lanes", signed_in=False)
    assert flaws(page) == []
    page.get_by_text("With the admin token").click()
    field = page.get_by_label("ORCHESTRATOR_ADMIN_TOKEN")
    field.fill("a wrong one")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not valid here")
    field.fill(TOKEN)
    field.press("Enter")
    expect(page.get_by_role("heading", name="Lanes")).to_be_visible()
    dark = page.locator("html[data-theme=dark]")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitem", name="Dark").click()
    expect(dark).to_be_attached()
    page.get_by_role("button", name="Account of Administrator").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_text("With the admin token")).to_be_visible()
    page.reload()
    expect(page.get_by_text("With the admin token")).to_be_visible()
    expect(dark).to_be_attached()


@on_one_database
def test_places_are_reached_by_keys_alone_and_the_keys_are_listed(visit: Visitor) -> None:
    page = visit("/")
    for keys, heading in (("gl", "Lanes"), ("ge", "Events"), ("gn", "Needs you")):
        go(page, keys, heading)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("go to the lanes")
    assert flaws(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_whatever_has_a_name_is_found_and_gone_to(visit: Visitor, site: Site) -> None:
    page = visit("/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find anything")
    expect(field).to_be_focused()
    field.fill("relay")
    expect(page.get_by_role("option", name=RELAY)).to_be_visible()
    field.fill("lander#1")
    [issue] = site.get("/api/workflows", issue=1, repository=LANDER)["items"]
    expect(page.get_by_role("option", name=issue["issue"]["title"])).to_have_count(1)
    [event] = site.get("/api/events", limit=1, type="issues")["items"]
    field.fill(event["id"])
    expect(page.get_by_role("option", name=f"Event {event['position']}")).to_be_visible()
    field.fill("theme dark")
    expect(page.get_by_role("option", name="Theme: dark")).to_be_visible()
    assert flaws(page) == []
    field.fill("lan")
    expect(page.get_by_role("option", name="Lanes", exact=False).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lanes")


@on_one_database
def test_the_past_is_marked_kept_by_links_and_left_again(visit: Visitor) -> None:
    page = visit("/lanes?as_of=20")
    mark = page.locator("[data-past]")
    expect(mark).to_contain_text("position 20")
    assert flaws(page) == []
    page.get_by_role("link", name="Events").click()
    expect(page).to_have_url(re.compile(r"/events\?as_of=20$"))
    page.get_by_role("button", name="To the event before, of this page").click()
    expect(page).to_have_url(re.compile(r"as_of=19$"))
    page.get_by_role("button", name="To the event after, of this page").click()
    expect(page).to_have_url(re.compile(r"as_of=20$"))
    page.get_by_role("link", name="Back to now").click()
    expect(mark).to_be_hidden()
    expect(page).not_to_have_url(re.compile("as_of"))


@on_one_database
def test_a_moment_some_time_ago_is_a_key_away(visit: Visitor) -> None:
    page = visit("/lanes")
    page.keyboard.press("t")
    page.get_by_role("button", name="10 minutes ago").press("Enter")
    expect(page).to_have_url(re.compile(r"/lanes\?as_of=2\d{3}-"))
    expect(page.locator("[data-past]")).to_be_visible()
    expect(travel(page)).to_be_hidden()


@on_one_database
def test_the_theme_is_chosen_and_kept(visit: Visitor) -> None:
    page = visit("/")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitem", name="Dark").click()
    body = page.locator("body")
    expect(body).to_have_css("background-color", "rgb(18, 19, 22)")
    page.reload()
    expect(body).to_have_css("background-color", "rgb(18, 19, 22)")


def test_one_stream_serves_all_tabs_and_misses_nothing_while_offline(
    visit: Visitor, site: Site
) -> None:
    """A tab that is offline says so, and knows of what happened meanwhile once it is back."""
    page = visit("/", alone=True)
    second = visit.open(page.context.new_page(), "/lanes")
    for tab in (page, second):
        expect(tab.locator("[data-connection=live]")).to_be_visible()
    position = paused(site, "first")
    for tab in (page, second):
        expect(position_of(tab)).to_contain_text(f"{position}")
        tab.keyboard.press("Escape")
        expect(travel(tab)).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("[data-connection=offline]")).to_be_visible()
    old = page.locator("[data-offline]")
    expect(old).to_contain_text("may be old")
    position = paused(site, "while it was offline")
    page.context.set_offline(False)
    expect(page.locator("[data-connection=live]")).to_be_visible()
    expect(old).to_be_hidden()
    expect(position_of(page)).to_contain_text(f"{position}")


def go(page: Page, keys: str, heading: str) -> None:
    """Press two keys in a row: again where a busy machine put too long between them."""
    there = page.get_by_role("heading", level=1, name=heading, exact=True)
    for _ in range(3):
        for key in keys:
            page.keyboard.press(key)
        with suppress(AssertionError):
            expect(there).to_be_visible(timeout=PATIENCE / 3)
            return
    expect(there).to_be_visible()


def position_of(page: Page) -> Locator:
    """Open time travel, which tells where the log ends by what the stream brought."""
    page.get_by_role("button", name="Time travel").click()
    return travel(page)


def travel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Time travel")


def paused(site: Site, reason: str) -> int:
    """Have something happen, and return its position."""
    number = site.repository(RELAY)["id"]
    what = "pause" if site.repository(RELAY)["paused"] is None else "resume"
    return site.command(f"/api/repositories/{number}/{what}", reason=reason)
