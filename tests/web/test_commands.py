"""Commands: given from the page, and found with their reason and what they caused."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser import Visitor, flaws
from tests.web.history import BEACON, PAUSED_FOR, RELAY
from tests.web.site import Site

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Commands, newest first").get_by_role("listitem")


@on_one_database
def test_what_people_asked_for_is_found_and_leads_to_what_it_caused(
    visit: Visitor, site: Site
) -> None:
    page = visit(f"/commands?repository={BEACON}")
    [paused] = site.get("/api/commands", repository=BEACON)["items"]
    expect(rows(page)).to_have_count(1)
    for said in ("Pause", BEACON, PAUSED_FOR, "changed something"):
        expect(rows(page).first).to_contain_text(said)
    page.keyboard.press("j")
    expect(rows(page).first.get_by_role("link", name="Pause", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/events/{paused['position']}$"))
    facts = page.get_by_role("region", name="Facts")
    expect(facts).to_contain_text("No fact")
    page.go_back()
    rows(page).first.get_by_role("link", name=re.compile("what it caused")).click()
    expect(page).to_have_url(re.compile(rf"/events\?caused_by={paused['position']}$"))


@on_one_database
def test_one_is_given_by_keys_alone_with_its_reason_and_stands_in_the_list(
    visit: Visitor, site: Site
) -> None:
    page = visit(f"/r/{RELAY}")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find anything")
    field.fill("this repository")
    refused = page.get_by_role("option", name="Resume this repository")
    expect(refused).to_contain_text("the lane is not paused")
    assert flaws(page) == []
    field.fill("pause this")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=f"Pause {RELAY}")
    reason = dialog.get_by_role("textbox")
    expect(reason).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_role("button", name="Pause")).to_have_attribute("aria-disabled", "true")
    page.keyboard.type("the dish is washed")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    for key in "gc":
        page.keyboard.press(key)
    expect(rows(page).first).to_contain_text("the dish is washed")
    site.command(f"/api/repositories/{site.repository(RELAY)['id']}/resume", reason="it is clean")
    expect(rows(page).first).to_contain_text("it is clean")
    page.get_by_role("button", name="Filters").click()
    chosen = page.get_by_role("combobox", name=re.compile("^Command"))
    chosen.select_option(label="Pause a repository")
    expect(rows(page).first).to_contain_text("the dish is washed")
    assert flaws(page) == []
