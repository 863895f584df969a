"""What each move changes and tells."""

import pytest

from simulator.payloads import COPILOT_AGENT_ID, Payload
from simulator.state.accounts import (
    ACTING_USER,
    APP_BOT,
    COPILOT,
    COPILOT_REVIEWER,
    OWNER,
    REVIEWER,
)
from simulator.state.check_moves import begin_checks
from simulator.state.refusals import HeadMoved, NotMergeable, Refused
from tests.simulator.builders import ROCKET, a_draft, a_rocket, a_world, an_assigned_issue, told


def test_an_installation_lists_its_repositories() -> None:
    world = a_world()
    world.connect(["orbit-works/probe"])

    first, second = (each.payload for each in world.happenings.all)

    assert [each["full_name"] for each in first["repositories"]] == [ROCKET]
    assert [each["full_name"] for each in second["repositories_added"]] == ["orbit-works/probe"]
    assert second["installation"]["account"]["login"] == "orbit-works"
    assert "repository" not in first


def test_a_file_is_committed_by_a_push_to_the_default_branch() -> None:
    rocket = a_rocket()
    rocket.write_file(".github/policy.yml", "mode: live")
    rocket.write_file(".github/policy.yml", "mode: shadow")

    added, changed = (each.payload for each in rocket.happenings.all[1:])

    assert added["ref"] == "refs/heads/main"
    assert added["commits"][0]["added"] == [".github/policy.yml"]
    assert changed["head_commit"]["modified"] == [".github/policy.yml"]
    assert changed["head_commit"]["added"] == []
    assert added["after"] == changed["before"]
    assert rocket.commit_at(added["after"]).files == {".github/policy.yml": "mode: live"}
    assert rocket.commit_at("main").files == {".github/policy.yml": "mode: shadow"}


def test_an_issue_is_opened_and_labeled() -> None:
    rocket = a_rocket()
    rocket.open_issue("Too loud", labels=("bug", "status:queued"))

    opened, *labeled = (each.payload for each in rocket.happenings.all[1:])

    assert [each["name"] for each in opened["issue"]["labels"]] == ["bug", "status:queued"]
    assert [each["label"]["name"] for each in labeled] == ["bug", "status:queued"]
    assert opened["installation"]["id"] == rocket.happenings.installation_id


def test_changes_of_one_issue_have_strictly_growing_times() -> None:
    rocket = a_rocket()
    issue = rocket.open_issue("Too loud")
    for name in ("a", "b", "c"):
        issue.label(name, OWNER)
    issue.comment("Indeed.", OWNER)
    issue.close("completed", OWNER)

    times = [each.payload["issue"]["updated_at"] for each in rocket.happenings.all[1:]]

    assert times == sorted(set(times))


def test_what_holds_already_is_not_told_again() -> None:
    rocket = a_rocket()
    issue = an_assigned_issue(rocket)
    before = len(rocket.happenings.all)

    issue.label("status:queued", OWNER)
    issue.assign_copilot(OWNER)
    issue.unlabel("bug", OWNER)

    assert told(rocket, before) == []
    assert issue.assigned_by == ACTING_USER


def test_copilot_opens_a_draft_for_whoever_assigned_it() -> None:
    rocket = a_rocket()
    issue = an_assigned_issue(rocket)
    before = len(rocket.happenings.all)

    pull = rocket.copilot_opens(issue)

    assert told(rocket, before) == [
        "push by Copilot",
        "pull_request.opened by Copilot",
        "pull_request.assigned by Copilot",
        "pull_request.assigned by Copilot",
    ]
    opened: Payload = rocket.happenings.all[before + 1].payload["pull_request"]
    assert opened["user"]["id"] == COPILOT_AGENT_ID
    assert opened["draft"]
    assert opened["head"]["ref"] == "copilot/fix-1"
    assert opened["base"]["sha"] == rocket.branches["main"]
    assert {each["login"] for each in opened["assignees"]} == {"Copilot", "mona-maintains"}
    assert pull.closing_issues() == [issue]


def test_a_second_draft_for_an_issue_has_a_branch_of_its_own() -> None:
    rocket = a_rocket()
    issue = an_assigned_issue(rocket)

    assert rocket.copilot_opens(issue).head_ref == "copilot/fix-1"
    assert rocket.copilot_opens(issue).head_ref == "copilot/fix-1-2"


def test_a_push_moves_the_branch_and_the_pull_request() -> None:
    rocket = a_rocket()
    pull = a_draft(rocket)
    first, before = pull.head_sha, len(rocket.happenings.all)

    pull.push("Work", COPILOT)

    push, synchronize = (each.payload for each in rocket.happenings.all[before:])
    assert (push["before"], push["after"]) == (first, pull.head_sha)
    assert synchronize["pull_request"]["head"]["sha"] == synchronize["after"] == pull.head_sha
    assert rocket.commit_at("copilot/fix-1").sha == pull.head_sha


def test_copilot_asks_for_a_review_and_the_answer_ends_the_request() -> None:
    rocket = a_rocket()
    pull = a_draft(rocket)
    before = len(rocket.happenings.all)

    pull.request_review(ACTING_USER, by=COPILOT)
    pull.review(ACTING_USER, "changes_requested", "Please test it.")

    asked, reviewed = (each.payload for each in rocket.happenings.all[before:])
    assert asked["requested_reviewer"]["login"] == "mona-maintains"
    assert asked["sender"]["id"] == COPILOT_AGENT_ID
    assert reviewed["review"]["state"] == "changes_requested"
    assert reviewed["pull_request"]["requested_reviewers"] == []


def test_copilot_neither_approves_nor_refuses() -> None:
    pull = a_draft(a_rocket())
    with pytest.raises(Refused):
        pull.review(COPILOT, "approved")
    assert pull.review(COPILOT_REVIEWER, "commented").state == "commented"


def test_checks_go_from_queued_to_completed() -> None:
    rocket = a_rocket()
    pull = a_draft(rocket)
    before = len(rocket.happenings.all)

    checking = begin_checks(rocket, pull.head_sha, pull.head_ref, COPILOT)
    checking.request_suite()
    run = checking.request_run("CI", pull.title)
    check = checking.queue("test")
    checking.start_run(run)
    checking.start(check)
    checking.complete(check, "failure")
    checking.complete_suite("failure")
    checking.complete_run(run, "failure")

    happened = rocket.happenings.all[before:]
    assert told(rocket, before) == [
        "check_suite.requested by Copilot",
        "workflow_run.requested by Copilot",
        "check_run.created by Copilot",
        "workflow_run.in_progress by Copilot",
        "check_run.completed by Copilot",
        "check_suite.completed by Copilot",
        "workflow_run.completed by Copilot",
    ]
    created, completed = (each.payload["check_run"] for each in (happened[2], happened[4]))
    assert (created["status"], created["conclusion"]) == ("queued", None)
    assert (completed["status"], completed["conclusion"]) == ("completed", "failure")
    assert created["id"] == completed["id"]
    assert completed["check_suite"]["id"] == happened[5].payload["check_suite"]["id"]
    assert [each["number"] for each in completed["pull_requests"]] == [pull.number]


def test_merging_closes_the_issue_that_the_body_names() -> None:
    rocket = a_rocket()
    pull = a_draft(rocket)
    other = rocket.open_issue("Another")
    pull.mark_ready(OWNER)
    before = len(rocket.happenings.all)

    sha = pull.merge(OWNER, sha=pull.head_sha)

    assert told(rocket, before) == [
        "push by ada-bright",
        "pull_request.closed by ada-bright",
        "issues.closed by ada-bright",
    ]
    assert rocket.happenings.all[before + 1].payload["pull_request"]["merged"]
    assert (pull.issue.state, pull.issue.state_reason) == ("closed", "completed")
    assert other.is_open
    assert rocket.branches["main"] == sha


@pytest.mark.parametrize(
    "said",
    [
        "fixes #1",
        "Closes: #1",
        "RESOLVED orbit-works/rocket#1",
        "fixes GH-1",
        "**Fixes** #1",
        "**Fixes:** #1",
        "_closes #1_",
        "Fixes https://github.com/orbit-works/rocket/issues/1.",
        "Fixes [the refusal](https://github.com/orbit-works/rocket/issues/1)",
        "Fixes [#1](https://example.com)",
        "`fixes` it: fixes #1",
    ],
)
def test_keywords_close_in_every_form(said: str) -> None:
    pull = a_draft(a_rocket())
    pull.edit(COPILOT, body=said)
    assert pull.closing_issues() == [pull.issue]


@pytest.mark.parametrize(
    "said",
    [
        *("see #1", "fixes #12", "fixes orbit-works/probe#1", "prefixes #1"),
        *("`fixes #1`", "> fixes #1", "```\nfixes #1\n```", "<!-- fixes #1 -->"),
        "fixes https://github.com/orbit-works/probe/issues/1",
        "fixes https://github.com/orbit-works/rocket/pull/1",
    ],
)
def test_what_is_no_keyword_closes_nothing(said: str) -> None:
    pull = a_draft(a_rocket())
    pull.edit(COPILOT, body=said)
    assert pull.closing_issues() == []


def test_a_merge_is_refused_for_what_the_rules_ask() -> None:
    rocket = a_rocket()
    rocket.required_checks, rocket.required_approvals = ("test",), 1
    pull = a_draft(rocket)
    with pytest.raises(NotMergeable, match="draft"):
        pull.merge(OWNER)
    pull.mark_ready(OWNER)
    with pytest.raises(HeadMoved):
        pull.merge(OWNER, sha="0" * 40)
    with pytest.raises(NotMergeable, match=r'"test" is expected\..*approving'):
        pull.merge(OWNER)
    checking = begin_checks(rocket, pull.head_sha, pull.head_ref, COPILOT)
    checking.complete(checking.queue("test"), "success")
    pull.review(ACTING_USER, "approved")  # who assigned it does not count
    with pytest.raises(NotMergeable, match="approving review"):
        pull.merge(OWNER)
    pull.review(REVIEWER, "approved")
    assert pull.mergeable_state == "clean"
    pull.merge(OWNER)
    assert pull.merged


def test_a_dependency_is_told_of_both_ends() -> None:
    rocket = a_rocket()
    first, second = rocket.open_issue("First"), rocket.open_issue("Second")
    before = len(rocket.happenings.all)

    second.block_by(first, OWNER)

    assert [each.action for each in rocket.happenings.all[before:]] == [
        "blocked_by_added",
        "blocking_added",
    ]
    assert second.snapshot()["issue_dependencies_summary"]["blocked_by"] == 1


def test_a_comment_by_the_app_says_so() -> None:
    rocket = a_rocket()
    issue = rocket.open_issue("First")

    issue.comment("Queued.", APP_BOT, via_app={"slug": "copilot-orchestrator"})

    told_comment: Payload = rocket.happenings.all[-1].payload["comment"]
    assert told_comment["performed_via_github_app"] == {"slug": "copilot-orchestrator"}
    assert told_comment["user"]["type"] == "Bot"
    assert str(told_comment["id"]) in told_comment["url"]


def test_every_happening_has_a_name_of_its_own() -> None:
    rocket = a_rocket()
    pull = a_draft(rocket)
    pull.push("Work", COPILOT)
    pull.push("More", COPILOT)
    names = [each.name for each in rocket.happenings.all]
    assert len(set(names)) == len(names)
