"""Setup: how everything is set up, each line with its one next step."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.browser import Visitor

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@on_one_database
def test_the_checklist_leads_to_the_next_step_of_each_line(visit: Visitor) -> None:
    page = visit("/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text("Setup")
    expect(page.get_by_text(re.compile(r"\d+ of \d+ in order: \d+ to mend"))).to_be_visible()
    steps = page.get_by_role("list", name="Getting to work").get_by_role("listitem")
    expect(steps.first).to_contain_text("To consider")
    expect(page.locator("[data-check=github]")).to_contain_text("To mend")
    with page.expect_response("**/api/setup/look") as looked:
        page.keyboard.press("r")
    assert looked.value.ok
    expect(page.get_by_role("button", name="Look again")).to_be_enabled()
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("menuitem", name="Dark").click()
    page.get_by_role("link", name="Go there: App").click()
    # The server's own page follows what was chosen in the dashboard.
    expect(page.get_by_role("heading", level=1)).to_have_text("Make the GitHub App")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(18, 19, 22)"
