"""The log: narrowed by the address, read by keys, followed and held still."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.browser import Visitor, flaws
from tests.web.history import ANTENNA
from tests.web.site import Site

HOSTILE = "<img src=x onerror=\"document.title='taken'\"> & <b>bold</b>"


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Events, newest first").get_by_role("link")


def test_it_is_narrowed_by_its_address_and_an_event_is_read_by_keys_alone(
    visit: Visitor, site: Site
) -> None:
    page = visit("/events?type=issues&action=opened")
    opened = site.get("/api/events", type="issues", action="opened", limit=200)["items"]
    expect(rows(page)).to_have_count(len(opened))
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    position = opened[1]["position"]
    expect(page).to_have_url(re.compile(rf"/events/{position}\?type=issues&action=opened$"))
    event = page.get_by_role("complementary", name="The event")
    expect(event.get_by_role("heading", level=2)).to_contain_text("issues opened")
    facts = event.get_by_role("region", name="Facts")
    expect(facts).to_contain_text("Issue seen")
    facts.get_by_text("Issue seen").click()
    expect(facts.get_by_text("updated at").first).to_be_visible()
    facts.get_by_text("Issue seen").click()
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(rf"/events/{opened[2]['position']}\?"))
    heading = event.get_by_role("heading", level=2)
    expect(heading).to_contain_text(f"#{opened[2]['position']}")
    payload = event.get_by_role("region", name="Payload")
    payload.get_by_label("Search in the payload").fill("html_url")
    expect(payload.get_by_role("status")).to_contain_text("places")
    expect(payload.get_by_role("listitem").filter(has_text="html_url").first).to_be_visible()
    payload.get_by_role("button", name="Raw bytes").click()
    expect(payload.locator("pre")).to_contain_text('"action":')
    event.get_by_role("heading", level=2).scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 0)")  # nothing is half under the header
    assert flaws(page) == []
    payload.get_by_role("button", name="Raw bytes").press("Escape")
    expect(event).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search", exact=True)).to_be_focused()
    page.keyboard.type("no such thing")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No event matches these filters")).to_be_visible()


def test_its_tail_is_held_still_and_loses_nothing_and_strangers_text_stays_text(
    visit: Visitor, site: Site
) -> None:
    page = visit("/events")
    number = site.repository(ANTENNA)["id"]
    first = rows(page).first
    page.get_by_role("button", name="Hold still").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    before = first.get_attribute("href")
    position = site.command(f"/api/repositories/{number}/pause", reason=HOSTILE)
    expect(page.get_by_role("button", name="1 new event")).to_be_visible()
    assert first.get_attribute("href") == before
    page.get_by_role("button", name="1 new event").click()
    expect(first).to_contain_text(f"#{position}")
    expect(first).to_contain_text("paused")
    resumed = site.command(f"/api/repositories/{number}/resume", reason="that was all")
    expect(first).to_contain_text(f"#{resumed}")
    page.get_by_role("link", name=f"#{position}").click()
    payload = page.get_by_role("region", name="Payload")
    expect(payload).to_contain_text(HOSTILE)
    assert payload.locator("img, b").count() == 0
    assert page.title() != "taken"
