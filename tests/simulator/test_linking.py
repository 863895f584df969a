"""Which pull request works on which issue, and how GitHub tells: words, links, timelines."""

from dataclasses import replace

import pytest

from simulator.plan import CopilotHabits, Script
from simulator.state.accounts import ACTING_USER, BOT, COPILOT, COPILOT_REVIEWER, OWNER, VISITOR
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from simulator.state.subject import Subject
from tests.simulator.builders import ROCKET, a_draft, a_rocket, an_assigned_issue, told
from tests.simulator.running import REPO, a_client, a_plan, a_simulator
from tests.simulator.towns import a_town

CLOSES = """query($n: Int!) {
  repository(owner: "orbit-works", name: "rocket") {
    pullRequest(number: $n) { closingIssuesReferences(first: 9) { nodes { number } } }
  }
}"""


def a_working_copilot(*, fails: float = 0.0, silent: float = 0.0) -> tuple[Repository, PullRequest]:
    """A repository whose Copilot works by these habits on the first issue, and its draft."""
    habits = CopilotHabits(never_starts=0.0, fails=fails, silent=silent)
    world, _ = a_town(replace(a_plan(Script(ignored_assignments=0)), copilot=habits))
    rocket = world.repository(ROCKET)
    rocket.issue(1).assign_copilot(ACTING_USER)
    world.clock.advance(40)
    return rocket, rocket.pull_requests[0]


def events_of(subject: Subject) -> list[str]:
    return [each.event for each in subject.timeline]


def test_a_keyword_is_githubs_word_on_the_default_branch_only() -> None:
    rocket = a_rocket()
    issue, other = an_assigned_issue(rocket), rocket.open_issue("Another")
    rocket.branches["develop"] = rocket.branches["main"]

    pull = rocket.copilot_opens(issue, base="develop")
    assert pull.base_ref == "develop"
    assert pull.closing_issues() == []

    pull.link(other, OWNER)
    assert pull.closing_issues() == [other]
    pull.mark_ready(OWNER)
    pull.merge(OWNER)
    assert other.is_open


def test_a_pull_request_may_close_two_issues() -> None:
    rocket = a_rocket()
    issue, other = an_assigned_issue(rocket), rocket.open_issue("Another")
    pull = rocket.copilot_opens(issue, body="Fixes #1, fixes #2.")
    pull.mark_ready(OWNER)
    pull.merge(OWNER)
    assert [issue.is_open, other.is_open] == [False, False]


def test_an_issue_linked_by_hand_is_closed_by_the_merge_and_no_webhook_tells_of_it() -> None:
    rocket = a_rocket()
    issue = an_assigned_issue(rocket)
    pull = rocket.copilot_opens(issue, keyword=False, trace=False)
    before = len(rocket.happenings.all)
    assert pull.closing_issues() == []

    pull.link(issue, OWNER)
    pull.link(issue, OWNER)

    assert told(rocket, before) == []
    assert [events_of(each).count("connected") for each in (issue, pull)] == [1, 1]
    pull.unlink(issue, OWNER)
    assert (pull.closing_issues(), events_of(issue)[-1]) == ([], "disconnected")
    pull.link(issue, OWNER)
    pull.mark_ready(OWNER)
    pull.merge(OWNER)
    assert not issue.is_open


@pytest.mark.parametrize(
    ("keyword", "trace", "referred"), [(True, True, 1), (False, True, 1), (False, False, 0)]
)
def test_copilots_pull_request_shows_on_its_issue(
    *, keyword: bool, trace: bool, referred: int
) -> None:
    rocket = a_rocket()
    issue = an_assigned_issue(rocket)
    pull = rocket.copilot_opens(issue, keyword=keyword, trace=trace)

    found = [each for each in issue.timeline if each.event == "cross-referenced"]
    assert len(found) == referred
    for each in found:
        source = each.snapshot("")["source"]["issue"]
        assert (source["number"], source["user"]["login"]) == (pull.number, "Copilot")
        assert source["pull_request"]


def test_copilot_opens_for_something_else_and_works_on_it() -> None:
    world, _ = a_town(a_plan())
    rocket = world.repository(ROCKET)
    pull = rocket.copilot_opens_unasked("Tidy up", "As asked.", asked_by=ACTING_USER)
    world.clock.advance(1600)

    assert (pull.head_ref, pull.title, pull.origin) == ("copilot/tidy-up", "Tidy up", None)
    assert pull.author == COPILOT
    assert pull.requested_reviewers == [ACTING_USER]
    assert pull.closing_issues() == []
    assert "cross-referenced" not in events_of(rocket.issue(1))
    with pytest.raises(LookupError):
        _ = pull.issue


def test_pull_requests_may_be_stacked() -> None:
    rocket = a_rocket()
    first = a_draft(rocket)
    second = rocket.copilot_opens_unasked("More of it", "Fixes #1", base=first.head_ref)
    assert second.snapshot()["base"]["ref"] == first.head_ref
    assert second.closing_issues() == []


@pytest.mark.parametrize("stranger", [VISITOR, BOT])
def test_a_stranger_opens_from_a_fork(stranger: dict[str, object]) -> None:
    rocket = a_rocket()
    issue = rocket.open_issue("Too loud")
    before = len(rocket.happenings.all)

    pull = rocket.person_opens(issue, stranger)
    pull.push("More", stranger)

    assert [each.partition(" ")[0] for each in told(rocket, before)] == [
        "pull_request.opened",
        "pull_request.synchronize",
    ]
    shown = pull.snapshot()
    assert shown["head"]["repo"]["full_name"] == f"{stranger['login']}/rocket"
    assert shown["base"]["repo"]["full_name"] == ROCKET
    assert shown["author_association"] == "NONE"
    assert pull.closing_issues() == [issue]  # so GitHub says, whoever wrote it
    assert pull.head_ref not in rocket.branches


def test_checks_of_a_fork_run_and_name_no_pull_request() -> None:
    world, _ = a_town(a_plan())
    rocket = world.repository(ROCKET)
    pull = rocket.person_opens(rocket.issue(1), VISITOR)
    world.clock.advance(900)
    assert rocket.checks.are_fine(pull.head_sha)
    checked = [
        each.payload["check_run"] for each in world.happenings.all if each.event == "check_run"
    ]
    assert {
        tuple(each["pull_requests"]) for each in checked if each["head_sha"] == pull.head_sha
    } == {()}


def test_timelines_tell_of_sessions_on_pull_request_and_issue() -> None:
    rocket, pull = a_working_copilot()
    rocket.clock.advance(1600)
    works = ["copilot_work_started", "copilot_work_finished"]
    for each in (pull, rocket.issue(1)):
        found = [one for one in each.timeline if one.event.startswith("copilot_")]
        assert [one.event for one in found] == works
        shown = found[0].snapshot("")
        assert shown["actor"]["login"] == ACTING_USER["login"]
        assert shown["performed_via_github_app"]["slug"] == "copilot-swe-agent"


def test_a_session_may_fail() -> None:
    rocket, pull = a_working_copilot(fails=1.0)
    rocket.clock.advance(1600)
    assert events_of(pull)[-1] == "copilot_work_finished_failure"
    assert len(pull.commits) == 1
    assert pull.requested_reviewers == []


def test_a_later_round_may_end_without_a_word() -> None:
    rocket, pull = a_working_copilot(silent=1.0)
    rocket.clock.advance(1600)
    assert pull.requested_reviewers == [ACTING_USER]
    pull.review(ACTING_USER, "changes_requested", "@copilot again")
    rocket.clock.advance(1600)
    assert len(pull.commits) == 3
    assert pull.requested_reviewers == []
    assert events_of(pull)[-1] == "copilot_work_finished"
    assert pull.comments == []


def test_a_review_by_copilot_looks_like_work_but_for_its_app() -> None:
    world, _ = a_town(a_plan())
    pull = a_draft(world.repository(ROCKET))
    pull.request_review(COPILOT_REVIEWER, OWNER)
    world.clock.advance(300)
    [started] = [
        each.snapshot("") for each in pull.timeline if each.event == "copilot_work_started"
    ]
    assert started["performed_via_github_app"]["slug"] == "copilot-pull-request-reviewer"


@pytest.mark.anyio
async def test_github_is_asked_for_links_and_timelines() -> None:
    async with a_simulator(a_plan()) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        issue = rocket.issue(1)
        issue.assign_copilot(ACTING_USER)
        pull = rocket.copilot_opens(issue, keyword=False)
        pull.link(issue, OWNER)
        issue.comment("I saw it.", VISITOR)

        asked = await client.graphql(CLOSES, n=pull.number)
        closes = asked["data"]["repository"]["pullRequest"]["closingIssuesReferences"]
        first = await client.bot("GET", f"{REPO}/issues/1/timeline?per_page=2")
        rest = await client.bot("GET", f"{REPO}/issues/1/timeline?per_page=100")
        of_pull = await client.bot("GET", f"{REPO}/issues/{pull.number}/timeline")

    assert closes["nodes"] == [{"number": 1}]
    assert [each["event"] for each in first.json()] == ["labeled", "assigned"]
    assert "next" in first.links
    assert {"cross-referenced", "connected", "commented"} <= {each["event"] for each in rest.json()}
    assert of_pull.status_code == 200
