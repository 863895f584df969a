"""Actions: what was done and what would have been, and from there to the workflow and the event."""

import re

from playwright.sync_api import expect

from tests.web.browser import Visitor, flaws
from tests.web.site import Site


def test_what_would_have_been_done_is_found_by_filters_and_leads_to_its_cause(
    visit: Visitor, site: Site
) -> None:
    page = visit("/actions")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Mode").select_option("shadow")
    expect(page).to_have_url(re.compile(r"/actions\?mode=shadow$"))
    shadow = site.get("/api/actions", mode="shadow", limit=200)["items"]
    rows = page.get_by_role("list", name="Actions, the newest request first").get_by_role("link")
    expect(rows).to_have_count(len(shadow))
    expect(rows.first).to_contain_text("would have")
    expect(page.get_by_text(re.compile(rf"^\s*{len(shadow)} actions? match"))).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    action = page.get_by_role("complementary", name="The action")
    expect(action).to_contain_text("In shadow mode nothing is sent")
    assert flaws(page) == []
    issue = f"{shadow[0]['repository']['full_name']}#{shadow[0]['issue']['number']}"
    expect(action.get_by_role("link", name=issue)).to_be_visible()
    action.get_by_role("link", name=f"event {shadow[0]['cause']['position']}").click()
    expect(page).to_have_url(re.compile(rf"/events/{shadow[0]['cause']['position']}$"))
