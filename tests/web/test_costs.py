"""What work cost: on a view of its own, on a repository's page and on a workflow's."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.browser import Visitor
from tests.web.history import LANDER, RELAY
from tests.web.site import Site

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@on_one_database
def test_a_month_is_shown_by_repository_and_left_by_keys(visit: Visitor, site: Site) -> None:
    asked = site.get("/api/actions", kind="assign", limit=1)["items"][0]["requested_at"]
    found = site.get("/api/costs", month=asked[:7])
    page = visit(f"/costs?month={found['month']}")
    rows = page.get_by_role("list", name="Costs by repository").get_by_role("listitem")
    expect(rows).to_have_count(len(found["items"]))
    line = rows.filter(has_text=LANDER)
    [lander] = [each for each in found["items"] if each["repository"]["full_name"] == LANDER]
    expect(line).to_contain_text(f"{lander['costs']['sessions']} sessions")
    expect(line).to_contain_text("no ceiling")
    together = page.get_by_role("region", name="Altogether")
    assigned = re.compile(rf"assigned to it\s*{found['totals']['assignments']}\b")
    expect(together).to_contain_text(assigned)
    page.keyboard.press("j")
    expect(rows.first.get_by_role("link")).to_be_focused()
    page.keyboard.press("]")
    expect(page.get_by_text(re.compile("^Nothing was asked of Copilot in "))).to_be_visible()
    page.keyboard.press("[")
    expect(rows).to_have_count(len(found["items"]))


@on_one_database
def test_a_workflow_says_what_it_cost(visit: Visitor, site: Site) -> None:
    number = site.repository(RELAY)["id"]
    costs = site.get(f"/api/repositories/{number}/workflows/1")["costs"]
    page = visit(f"/r/{RELAY}/1")
    panel = page.get_by_role("region", name="What it cost")
    expect(panel).to_contain_text(re.compile(rf"Sessions of Copilot.s\s*{costs['sessions']}\b"))
    expect(panel).to_contain_text(re.compile(r"Ask to address review\s*1\b"))
