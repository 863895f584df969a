"""A workflow's page: why it is where it is, how it stood, and what can be told of it."""

import re

from playwright.sync_api import Page, expect

from simulator.payloads.jobs import SECRET
from tests.web.browser import Visitor, flaws
from tests.web.history import LANDER, ROCKET
from tests.web.site import Site


def stage(page: Page) -> str:
    return page.locator("main > header strong").inner_text()


def before_times(reason: str) -> str:
    """Return what a reason says before a time, which pages show in the reader's zone."""
    return re.split(r"\d{4}-\d\d-\d\dT", reason)[0]


def test_it_says_why_and_leads_to_the_event_that_made_it_so(visit: Visitor, site: Site) -> None:
    page = visit(f"/r/{LANDER}/1")
    number = site.repository(LANDER)["id"]
    why = site.get(f"/api/repositories/{number}/workflows/1/explain")
    [held] = [rule for rule in why["rules"] if rule["held"]]
    panel = page.get_by_role("region", name="Why it is here")
    expect(panel).to_contain_text(held["summary"].replace("`", ""))
    panel.get_by_text("asked before and did not hold").click()
    lacking = next(rule["lacks"] for rule in why["rules"] if rule["lacks"])
    expect(panel).to_contain_text(f"Not so: {lacking}")
    position = next(fact["position"] for fact in held["facts"] if fact["position"])
    panel.get_by_role("link", name=f"Event {position}", exact=True).first.click()
    expect(page).to_have_url(re.compile(rf"/events/{position}$"))
    expect(page.get_by_role("complementary", name="The event")).to_be_visible()


def test_a_moment_of_its_strip_shows_what_the_api_tells_of_then(visit: Visitor, site: Site) -> None:
    page = visit(f"/r/{ROCKET}/1")
    path = f"/api/repositories/{site.repository(ROCKET)['id']}/workflows/1"
    timeline = site.get(path)["timeline"]
    middle = timeline[len(timeline) // 2]
    pieces = page.get_by_role("region", name="Stages over time").get_by_role("link")
    expect(pieces).to_have_count(len(timeline))
    now = page.locator("main").inner_text()
    pieces.nth(len(timeline) // 2).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"as_of={middle['position']}$"))
    then = site.get(path, as_of=middle["position"])
    expect(page.locator("main > header")).to_contain_text(before_times(then["reason"]))
    expect(pieces).to_have_count(len(timeline))
    retry = page.get_by_role("button", name="Retry")
    expect(retry).to_have_attribute("aria-disabled", "true")
    expect(retry).to_contain_text("nothing can be done in the past")
    assert flaws(page) == []
    page.goto(f"{site.url}/r/{ROCKET}/1?as_of={timeline[-1]['position']}")
    expect(page.locator("main > header")).to_contain_text(before_times(timeline[-1]["reason"]))
    assert stage(page) in now


def test_a_command_asks_for_its_reason_and_its_effect_is_seen(visit: Visitor, site: Site) -> None:
    page = visit(f"/r/{LANDER}/2")
    path = f"/api/repositories/{site.repository(LANDER)['id']}/workflows/2"
    release = page.get_by_role("button", name="Release")
    sentences = {each["command"]: each["why_not"] for each in site.get(f"{path}/commands")["items"]}
    expect(release).to_contain_text(sentences["release"])
    page.get_by_role("button", name="Skip").press("Enter")
    dialog = page.get_by_role("dialog", name="Skip this issue?")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("not before the launch")
    assert flaws(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("main > header strong")).to_have_text("Cancelled")
    site.command(f"{path}/enqueue", reason="as it was")
    expect(page.locator("main > header strong")).to_have_text("Queued")


def test_it_shows_how_checks_failed_with_the_lines_that_matter(visit: Visitor) -> None:
    page = visit(f"/r/{LANDER}/1")
    panel = page.get_by_role("region", name="How it failed")
    expect(panel).to_contain_text("Run make test")
    log = panel.get_by_label("The lines of the log of test that matter")
    expect(log).to_contain_text("AssertionError: the session is 'closed', not 'open'")
    expect(panel).not_to_contain_text(SECRET)
    assert flaws(page) == []
