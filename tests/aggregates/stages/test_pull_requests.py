"""An open pull request: to be mended, ready to merge, ready for review, or a draft."""

from typing import Any

import pytest

from aggregates.lane.ours import Handling
from aggregates.lane.parts import Check
from aggregates.policy import CiPolicy, MergePolicy, Policy, ReadyPolicy, ReviewPolicy
from aggregates.stages import Placement, Stage, Wait, place
from events.catalogue import Mode
from events.github import PullRequestSeen, ReviewSeen
from projections.workflows.document import document_of
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    REVIEWER,
    a_check,
    a_lane,
    a_pull_request_seen,
    a_request,
    a_review_seen,
    a_workflow,
    an_asked,
    an_assigned_issue,
    an_assignment,
    checks_of,
    mentioned,
    minute,
    requests_of,
)

READY = a_pull_request_seen(draft=False)
DRAFT = a_pull_request_seen()
APPROVED = a_review_seen("approved")
CHANGES = a_review_seen("changes_requested")
OLDER = a_review_seen("changes_requested", id=2, author=201, commit_id="b" * 40)


def placed(
    pull: PullRequestSeen,
    *parts: Check | ReviewSeen,
    policy: Policy | None = None,
    mode: Mode = "live",
    **seen: Any,  # noqa: ANN401 (whatever else is known)
) -> Placement:
    checks = checks_of(*(part for part in parts if isinstance(part, Check)))
    reviews = {part.id: part for part in parts if isinstance(part, ReviewSeen)}
    lane = a_lane(
        pull,
        issue=an_assigned_issue(),
        commits={HEAD: checks},
        reviews={PULL: reviews},
        assignments={ISSUE: an_assignment()},
        **seen,
    )
    return place(a_workflow(lane, policy, mode=mode))


def test_a_change_request_on_the_head_comes_before_failed_checks() -> None:
    placement = placed(READY, CHANGES, a_check("test", "failure"))
    assert placement.stage == Stage.CHANGES_REQUESTED
    assert placement.reason == "changes were requested by user 200; Copilot is still to be told"
    assert placement.waits == (Wait("copilot", "to address the review"),)


def test_copilot_was_told_of_the_change_request() -> None:
    asked = Handling(asked=(an_asked("ask_to_address_review", token="1"),))
    placement = placed(READY, CHANGES, handling=asked)
    assert placement.reason == "changes were requested by user 200; Copilot was told"


@pytest.mark.parametrize("pull", [READY, DRAFT])
def test_a_failed_check_counts_draft_or_not(pull: PullRequestSeen) -> None:
    placement = placed(pull, APPROVED, a_check("test", "failure"))
    assert placement.stage == Stage.CI_FAILED
    assert placement.reason.startswith("checks failed on aaaaaaa: test;")
    assert Wait("check", "test") in placement.waits


def test_a_failed_check_that_is_not_required_does_not_count() -> None:
    policy = Policy(ci=CiPolicy(required=("test",)))
    placement = placed(READY, APPROVED, a_check(), a_check("lint", "failure"), policy=policy)
    assert placement.stage == Stage.MERGE_READY


def test_green_and_approved_it_is_ready_to_merge() -> None:
    placement = placed(READY, APPROVED, a_check())
    assert (placement.stage, placement.waits) == (
        Stage.MERGE_READY,
        (Wait("merge", "a person merges"),),
    )


def test_who_merges_follows_the_policy() -> None:
    policy = Policy(merge=MergePolicy(automatic=True))
    assert placed(READY, APPROVED, policy=policy).waits == (
        Wait("merge", "it is merged automatically"),
    )


def test_an_unanswered_review_request_alone_does_not_hold_it_back() -> None:
    requests = {PULL: requests_of(a_request(300))}
    assert placed(READY, APPROVED, a_check(), requests=requests).stage == Stage.MERGE_READY


@pytest.mark.parametrize(
    ("check", "reason", "kind"),
    [
        (a_check("t", None), "checks are running: t", "check"),
        (a_check("t", "cancelled"), "checks ended without a result: t", "check"),
        (
            a_check("t", "action_required"),
            "Actions are waiting for a person's approval: t",
            "approval_of_actions",
        ),
    ],
)
def test_a_check_in_the_way_is_named(check: Check, reason: str, kind: str) -> None:
    placement = placed(READY, APPROVED, check)
    assert (placement.stage, placement.reason) == (Stage.READY_FOR_REVIEW, reason)
    assert [(wait.kind, wait.what) for wait in placement.waits] == [(kind, "t")]


def test_a_required_check_never_seen_is_named() -> None:
    policy = Policy(ci=CiPolicy(required=("deploy",)))
    placement = placed(READY, APPROVED, policy=policy)
    assert placement.reason == "required checks were not seen yet: deploy"


def test_too_few_approvals() -> None:
    policy = Policy(review=ReviewPolicy(approvals=2))
    placement = placed(READY, APPROVED, a_check(), policy=policy)
    assert (placement.stage, placement.reason) == (Stage.READY_FOR_REVIEW, "1 of 2 approvals")
    assert placement.waits == (Wait("person", "to approve it"),)


def test_no_approval_is_needed_when_the_policy_wants_none() -> None:
    policy = Policy(review=ReviewPolicy(approvals=0))
    assert placed(READY, a_check(), policy=policy).stage == Stage.MERGE_READY


def test_whose_review_is_awaited() -> None:
    requests = {PULL: requests_of(a_request(), a_request(None, team="core"))}
    placement = placed(READY, requests=requests)
    assert placement.reason == "waiting for review by user 200, team core; 0 of 1 approvals"
    assert placement.waits == (Wait("reviewer", "user 200"), Wait("reviewer", "team core"))


def test_an_open_change_request_on_an_earlier_commit_holds_the_merge_back() -> None:
    placement = placed(READY, APPROVED, OLDER, a_check())
    assert placement.stage == Stage.READY_FOR_REVIEW
    assert placement.waits == (Wait("reviewer", "user 201"),)


def test_a_reviewer_asked_again_is_waited_for_once() -> None:
    requests = {PULL: requests_of(a_request(REVIEWER, at=30))}
    placement = placed(READY, CHANGES, requests=requests)
    assert placement.stage == Stage.READY_FOR_REVIEW
    assert placement.waits == (Wait("reviewer", "user 200"),)


def test_a_draft_is_never_ready_to_merge() -> None:
    assert placed(DRAFT, APPROVED, a_check()).stage == Stage.DRAFT
    assert placed(a_pull_request_seen(draft=None), APPROVED).stage == Stage.DRAFT


def test_copilot_works_on_a_draft_since_it_was_last_started() -> None:
    placement = placed(DRAFT, a_check("CI", "action_required"), mentions={PULL: mentioned(7)})
    assert placement.reason == (
        "Copilot is working on draft #20 since 2026-05-01T12:07:00Z; "
        "Actions are waiting for a person's approval: CI"
    )
    assert [wait.kind for wait in placement.waits] == ["copilot", "approval_of_actions"]


def finished(*checks: Check, **more: Any) -> Placement:  # noqa: ANN401 (handed on)
    return placed(DRAFT, *checks, finished={PULL: minute(5)}, **more)


def test_a_finished_draft_is_marked_ready_by_us_in_live_mode_only() -> None:
    assert [wait.kind for wait in finished().waits] == ["nobody"]
    assert [wait.kind for wait in finished(mode="shadow").waits] == ["person"]
    never = Policy(ready=ReadyPolicy(when="never"))
    assert [wait.kind for wait in finished(policy=never).waits] == ["person"]


def test_a_finished_draft_waits_for_its_checks_only_if_it_is_to_be_green() -> None:
    running = a_check("t", None)
    assert finished(running).waits[0] == Wait("check", "t")
    at_once = Policy(ready=ReadyPolicy(when="finished"))
    assert [wait.kind for wait in finished(running, policy=at_once).waits] == ["nobody"]


def test_people_are_named_by_their_login_where_it_is_known() -> None:
    asking = a_review_seen("changes_requested", author_login="ada")
    lane = a_lane(
        a_pull_request_seen(draft=False),
        issue=an_assigned_issue(),
        reviews={PULL: {asking.id: asking}},
    )
    assert "changes were requested by ada" in place(a_workflow(lane)).reason


@pytest.mark.parametrize("conclusion", ["failure", None, "action_required"])
def test_of_many_checks_a_few_are_waited_for_by_name(conclusion: str | None) -> None:
    checks = [a_check(f"test {n:03}", conclusion, id=n) for n in range(120)]
    waits = [w for w in placed(READY, APPROVED, *checks).waits if w.kind != "copilot"]
    assert [wait.what for wait in waits[:2]] == ["test 000", "test 001"]
    assert (len(waits), waits[-1].what) == (21, "100 more")


def test_of_many_checks_a_page_shows_the_first() -> None:
    checks = checks_of(*(a_check(f"test {n:03}", id=n) for n in range(120)))
    workflow = a_workflow(a_lane(READY, commits={HEAD: checks}))
    shown = document_of(workflow, place(workflow))["checks"]["passed"]
    assert (len(shown), shown[0], shown[-1]) == (101, "test 000", "and 20 more")
