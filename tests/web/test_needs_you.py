"""Needs you: the one list of what waits for a person, by keyboard alone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.browser import Visitor
from tests.web.history import BEACON, ROCKET

MERGE = "Commands are refused after a restart"
STUCK = "The landing legs deploy twice"


def rows(page: Page) -> Locator:
    return page.locator("a[data-row]")


def line(page: Page, title: str) -> Locator:
    link = rows(page).filter(has_text=title)
    return page.get_by_role("list", name="What needs you").get_by_role("listitem").filter(has=link)


def test_each_line_has_its_reason_and_one_next_act(visit: Visitor) -> None:
    page = visit("/")
    merge = line(page, MERGE)
    expect(merge).to_contain_text("Ready to merge")
    expect(merge.locator(f'a[title="{ROCKET}"]')).to_be_visible()
    act = merge.get_by_role("link", name="Merge #")
    assert "/pull/" in (act.get_attribute("href") or "")
    expect(line(page, STUCK)).to_contain_text("Needs a person")
    paused = page.get_by_role("listitem").filter(has=page.locator(f'a[title="{BEACON}"]'))
    expect(paused.get_by_role("button", name="Resume").first).to_be_visible()


def test_it_is_worked_through_by_keys_alone(visit: Visitor) -> None:
    page = visit("/")
    page.keyboard.press("/")
    page.keyboard.type("legs")
    expect(page).to_have_url(re.compile("q=legs$"))
    expect(rows(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(line(page, STUCK).locator("a[data-row]")).to_be_focused()
    page.keyboard.press("e")
    expect(page.get_by_text("Done for now: The landing legs")).to_be_visible()
    expect(line(page, STUCK)).to_be_hidden()
    page.reload()
    page.get_by_role("button", name="Show 1 done for now").press("Enter")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("q="))
    expect(line(page, MERGE)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows(page).first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/**")


def test_a_command_asks_for_its_reason_and_does_nothing_without(visit: Visitor) -> None:
    page = visit("/?q=legs")
    line(page, STUCK).get_by_role("button", name="Retry").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(STUCK)
    button = dialog.get_by_role("button", name="Retry")
    expect(button).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    visit.open(page, "/?q=legs&as_of=1")
    expect(line(page, STUCK)).to_be_hidden()
