"""A repository's page and its policy: what is there, and the commands that change it."""

import re

from playwright.sync_api import expect

from tests.web.browser import Visitor
from tests.web.history import ANTENNA, RELAY, ROCKET
from tests.web.site import Site


def test_it_shows_the_queue_the_work_and_the_policy(visit: Visitor) -> None:
    page = visit(f"/r/{ROCKET}")
    expect(page.get_by_role("heading", level=1)).to_have_text(ROCKET)
    expect(page.get_by_role("list", name=f"Queue of {ROCKET}").get_by_role("link")).to_have_count(2)
    workflows = page.get_by_role("list", name=f"Workflows of {ROCKET}")
    expect(workflows.get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_role("row", name=re.compile("max_attempts"))).to_contain_text("repository")
    page.get_by_role("button", name="Set mode…").click()
    modes = page.get_by_role("dialog", name=f"Set the mode of {ROCKET}")
    expect(modes).to_contain_text("Now: the mode is the policy's already")
    page.keyboard.press("Escape")
    expect(modes).to_be_hidden()
    page.get_by_role("button", name="Filter by stage").click()
    page.get_by_role("menuitem", name="Ready to merge").click()
    expect(workflows.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Finished", exact=True).click()
    expect(page.get_by_text("No workflow is like that")).to_be_visible()


def test_it_shows_how_often_each_check_failed_lately(visit: Visitor, site: Site) -> None:
    page = visit(f"/r/{RELAY}")
    number = site.repository(RELAY)["id"]
    known = site.get(f"/api/repositories/{number}/checks")["items"]
    shown = page.get_by_role("list", name="Checks of the default branch").get_by_role("listitem")
    expect(shown).to_have_text([re.compile(rf"{e['name']}\s*passed all {e['of']}") for e in known])


def test_it_is_paused_with_a_reason_and_resumed(visit: Visitor, site: Site) -> None:
    page = visit(f"/r/{RELAY}")
    for command, reason in (("Pause", "the antenna is being turned"), ("Resume", "it is turned")):
        page.get_by_role("button", name=f"{command}…").click()
        dialog = page.get_by_role("dialog", name=f"{command} {RELAY}")
        dialog.get_by_role("textbox").fill(reason)
        dialog.get_by_role("button", name=command, exact=True).click()
        expect(page.get_by_text(re.compile(f"{command}: done, at position \\d+"))).to_be_visible()
        paused = page.locator("main").get_by_text("the antenna is being turned").first
        expect(paused).to_be_visible() if command == "Pause" else expect(paused).to_be_hidden()
    assert site.repository(RELAY)["paused"] is None


def test_what_would_be_refused_says_why(visit: Visitor, site: Site) -> None:
    head = site.get("/api/events", limit=1)["items"][0]["position"]
    page = visit(f"/r/{RELAY}?as_of={head}")
    pause = page.get_by_role("button", name="Pause…")
    expect(pause).to_have_attribute("aria-disabled", "true")
    expect(pause).to_contain_text("This page shows the past")


def test_a_draft_of_the_policy_is_checked_as_one_types(visit: Visitor) -> None:
    page = visit(f"/r/{ROCKET}/policy")
    editor = page.get_by_role("textbox", name=re.compile("copilot-orchestrator.yml"))
    expect(editor).to_have_value(re.compile("mode: live"))
    text = editor.input_value()
    editor.fill(f"{text}merge:\n  automatic: perhaps\n")
    problems = page.locator("#policy-problems")
    line = len(text.splitlines()) + 2
    expect(problems).to_contain_text("merge.automatic")
    problems.get_by_role("button", name=f"Line {line}").press("Enter")
    expect(editor).to_be_focused()
    editor.fill(f"{text}merge:\n  automatic: true\n")
    expect(problems).to_contain_text("It would hold")
    address = page.get_by_role("link", name="Propose at GitHub").get_attribute("href") or ""
    assert "/edit/" in address
    page.get_by_role("button", name="Put the file back").click()
    expect(editor).to_have_value(text)


def test_a_repository_without_a_file_says_so(visit: Visitor) -> None:
    page = visit(f"/r/{ANTENNA}/policy")
    expect(page.locator("#policy-problems")).to_contain_text("There is no file yet")
    page.get_by_role("button", name="Only what is set").click()
    expect(page.get_by_text("everything is as it is built in")).to_be_visible()
