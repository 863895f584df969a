"""What pages show of Copilot's previews and limits: sessions, Agent Merge, lost logs, ceilings."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser import Visitor
from tests.web.history import PROBE, ROCKET, TRACKER
from tests.web.site import Site

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def workflow(site: Site, repository: str, issue: int) -> dict[str, Any]:
    number = site.repository(repository)["id"]
    return dict(site.get(f"/api/repositories/{number}/workflows/{issue}"))


def known(page: Page, term: str) -> Locator:
    """Return what stands behind a term of what is known."""
    panel = page.get_by_role("region", name="What is known")
    return panel.locator("dt", has_text=re.compile(f"^{term}$")).locator("xpath=following::dd[1]")


def test_a_session_that_failed_is_shown_with_its_link_and_what_told_it(
    visit: Visitor, site: Site
) -> None:
    session = workflow(site, PROBE, 1)["session"]
    page = visit(f"/r/{PROBE}/1")
    expect(page.locator("main > header")).to_contain_text("Copilot's session failed")
    shown = known(page, "Session")
    link = shown.get_by_role("link", name="failed", exact=True)
    expect(link).to_have_attribute("href", session["html_url"])
    shown.get_by_role("link", name=f"Event {session['position']}", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/events/{session['position']}$"))


def test_agent_merge_is_shown_with_who_switched_it_on_and_what_was_left_to_it(
    visit: Visitor, site: Site
) -> None:
    assert workflow(site, PROBE, 2)["agent_merge"]["state"] == "on"
    page = visit(f"/r/{PROBE}/2")
    shown = known(page, "Agent Merge")
    expect(shown).to_contain_text("on, switched on by the service, left 1 head, asked ")
    actions = page.get_by_role("region", name="Actions")
    expect(actions.get_by_role("link", name="Enable Agent Merge")).to_be_visible()
    cost = page.get_by_role("region", name="What it cost")
    expect(cost).to_contain_text(re.compile(r"Left to Agent Merge\s*1\b"))


def test_a_failure_says_what_of_it_could_not_be_had(visit: Visitor, site: Site) -> None:
    position = workflow(site, TRACKER, 1)["failure"]["position"]
    told = site.get(f"/api/events/{position}")["payload"]["object"]["checks"]
    [lacks] = [check["lacks"] for check in told if check["lacks"]]
    page = visit(f"/r/{TRACKER}/1")
    panel = page.get_by_role("region", name="How it failed")
    expect(panel).to_contain_text(f"Could not be had: {'; '.join(lacks)}.")
    expect(panel.locator("pre")).to_have_count(0)


def test_a_ceiling_that_is_used_up_says_so_where_work_waits_for_it(visit: Visitor) -> None:
    page = visit(f"/r/{ROCKET}/2")
    used_up = "since the sessions that the policy allows are used up"
    expect(page.locator("main > header")).to_contain_text(used_up)
    page = visit(f"/r/{ROCKET}")
    costs = page.get_by_role("region", name="Costs this month")
    expect(costs).to_contain_text("2 of 2 sessions this month: used up")
    expect(costs).to_contain_text(re.compile(r"budget\.sessions_per_month, .* may be raised by "))
    line = visit("/costs").get_by_role("listitem").filter(has_text=ROCKET)
    expect(line).to_contain_text("2 of 2 sessions this month: used up")
