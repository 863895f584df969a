from datetime import UTC, datetime
from typing import Any

import pytest

from events.github import (
    AssignmentChanged,
    LabelChanged,
    PullRequestSeen,
    ReviewRequested,
    is_agent,
)
from simulator.payloads import (
    a_label,
    a_pull_request,
    a_repository,
    a_user,
    copilot_agent,
    copilot_reviewer,
    deliveries,
)
from tests.events.github.readings import fact_of, read

NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
MERGED: dict[str, Any] = {
    "state": "closed",
    "merged_at": "2026-11-02T09:05:00Z",
    "closed_at": "2026-11-02T09:05:00Z",
    "merge_commit_sha": "c" * 40,
}


def seen_in(event: str, payload: dict[str, Any]) -> PullRequestSeen:
    return fact_of(PullRequestSeen, event, payload)


def test_a_draft_by_copilot_is_seen() -> None:
    pull = a_pull_request(18)

    seen = seen_in("pull_request", deliveries.pull_request(pull_request=pull))

    assert seen == PullRequestSeen(
        repository_id=a_repository()["id"],
        id=pull["id"],
        number=18,
        title=pull["title"],
        state="open",
        merged=False,
        draft=True,
        head_sha=pull["head"]["sha"],
        head_ref="copilot/fix-17",
        base_ref="main",
        head_repository_id=a_repository()["id"],
        labels=(),
        assignee_ids=(),
        requested_reviewer_ids=(),
        requested_teams=(),
        author_id=copilot_agent()["id"],
        created_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
        updated_at=NINE_FIVE,
        auto_merge=False,
        closing_issue_numbers=(17,),
    )


def test_people_and_labels_are_sorted() -> None:
    ada, grace = a_user("ada-bright"), a_user("grace-keen")
    pull = a_pull_request(
        assignees=[grace, ada],
        requested_reviewers=[grace, copilot_reviewer()],
        requested_teams=[{"slug": "pilots"}, {"slug": "crew"}, {"slug": None}],
        labels=[a_label("b"), a_label("a")],
    )

    seen = seen_in("pull_request", deliveries.pull_request(pull_request=pull))

    assert seen.assignee_ids == tuple(sorted([ada["id"], grace["id"]]))
    assert seen.requested_reviewer_ids == tuple(sorted([grace["id"], copilot_reviewer()["id"]]))
    assert seen.requested_teams == ("crew", "pilots")
    assert seen.labels == ("a", "b")


def test_the_test_merge_of_an_open_pull_request_is_not_its_merge_commit() -> None:
    opened = seen_in("pull_request", deliveries.pull_request())
    merged = a_pull_request(merged=True, merged_by=a_user("ada-bright"), **MERGED)
    closed = seen_in("pull_request", deliveries.pull_request("closed", pull_request=merged))

    assert opened.merge_commit_sha is None
    assert closed.merged
    assert closed.merged_at == closed.closed_at == NINE_FIVE
    assert closed.merge_commit_sha == "c" * 40
    assert closed.merged_by_id == a_user("ada-bright")["id"]


@pytest.mark.parametrize("event", ["pull_request_review", "pull_request_review_comment"])
def test_a_review_tells_by_the_time_whether_the_pull_request_was_merged(event: str) -> None:
    build = deliveries.DELIVERIES[event]

    open_one = seen_in(event, build(pull_request=a_pull_request()))
    merged = seen_in(event, build(pull_request=a_pull_request(**MERGED)))

    assert not open_one.merged
    assert merged.merged
    assert merged.merged_by_id is None


def test_whether_a_closed_pull_request_was_merged_is_never_guessed() -> None:
    payload = deliveries.pull_request_review(pull_request=a_pull_request(state="closed"))
    del payload["pull_request"]["merged_at"]

    reading = read("pull_request_review", payload)

    assert [type(fact).__name__ for fact in reading.facts] == ["RepositorySeen", "ReviewSeen"]
    assert [problem.path for problem in reading.problems] == ["$.pull_request.merged"]


def test_a_fork_may_be_gone() -> None:
    pull = a_pull_request()
    pull["head"]["repo"] = None

    seen = seen_in("pull_request", deliveries.pull_request(pull_request=pull))

    assert seen.head_repository_id is None


def test_auto_merge_and_draft_are_no_value_where_a_payload_has_none() -> None:
    enabled = a_pull_request(auto_merge={"merge_method": "squash"})
    payload = deliveries.pull_request()
    del payload["pull_request"]["auto_merge"]
    del payload["pull_request"]["draft"]

    with_it = seen_in("pull_request", deliveries.pull_request(pull_request=enabled))
    without = seen_in("pull_request", payload)

    assert with_it.auto_merge is True
    assert without.auto_merge is None
    assert without.draft is None


@pytest.mark.parametrize(
    ("title", "body", "numbers"),
    [
        ("Fixes #3", None, (3,)),
        ("Tidy", "closes #4 and resolves #5", (4, 5)),
        ("Tidy", None, ()),
    ],
)
def test_a_pull_request_closes_issues_by_keyword(
    title: str, body: str | None, numbers: tuple[int, ...]
) -> None:
    pull = a_pull_request(title=title, body=body)

    seen = seen_in("pull_request", deliveries.pull_request(pull_request=pull))

    assert seen.closing_issue_numbers == numbers


def test_it_closes_nothing_unless_it_targets_the_default_branch() -> None:
    repository = a_repository(default_branch="trunk")
    pull = a_pull_request(user=a_user("grace-keen"))

    payload = deliveries.pull_request(pull_request=pull, repository=repository)

    assert seen_in("pull_request", payload).closing_issue_numbers == ()


def test_the_keyword_of_copilots_own_names_its_issue_on_whatever_base() -> None:
    repository = a_repository(default_branch="trunk")
    pull = a_pull_request(user=copilot_agent())

    payload = deliveries.pull_request(pull_request=pull, repository=repository)

    assert seen_in("pull_request", payload).closing_issue_numbers == (17,)


def test_what_a_title_leaves_open_hides_nothing_of_the_body() -> None:
    payload = deliveries.pull_request(pull_request=a_pull_request(title="Drop the <!-- from it"))

    assert seen_in("pull_request", payload).closing_issue_numbers == (17,)


def test_what_it_closes_is_no_value_without_a_body_to_read() -> None:
    payload = deliveries.pull_request()
    del payload["pull_request"]["body"]

    assert seen_in("pull_request", payload).closing_issue_numbers is None


def test_labels_and_assignments_of_a_pull_request_are_told_apart_from_an_issue_s() -> None:
    labeled = deliveries.pull_request("labeled", label=a_label("bug"))
    assigned = deliveries.pull_request("assigned", assignee=a_user("grace-keen"))

    assert fact_of(LabelChanged, "pull_request", labeled).is_pull_request
    assert fact_of(AssignmentChanged, "pull_request", assigned).is_pull_request


@pytest.mark.parametrize(
    ("action", "present"), [("review_requested", True), ("review_request_removed", False)]
)
def test_copilot_requests_a_review_when_it_is_done(action: str, *, present: bool) -> None:
    payload = deliveries.pull_request(action, sender=copilot_agent())

    requested = fact_of(ReviewRequested, "pull_request", payload)

    assert requested.reviewer_id == a_user("grace-keen")["id"]
    assert requested.team is None
    assert requested.present is present
    assert requested.at == NINE_FIVE
    assert is_agent(requested.by_id)


def test_a_team_may_be_asked_for_a_review() -> None:
    payload = deliveries.pull_request("review_requested", requested_team={"slug": "pilots"})
    del payload["requested_reviewer"]

    requested = fact_of(ReviewRequested, "pull_request", payload)

    assert (requested.reviewer_id, requested.team) == (None, "pilots")


def test_a_head_longer_than_any_commits_name_is_a_problem_of_the_delivery_alone() -> None:
    """No action could name it, and nothing would be decided in its whole repository."""
    pull = a_pull_request()
    pull["head"]["sha"] = "a" * 65
    reading = read("pull_request", deliveries.pull_request(pull_request=pull))
    assert [each.path for each in reading.problems] == ["$.pull_request.head.sha"]
    assert not [each for each in reading.facts if isinstance(each, PullRequestSeen)]


def test_a_request_of_nobody_is_a_problem() -> None:
    payload = deliveries.pull_request("review_requested", requested_reviewer=None)

    reading = read("pull_request", payload)

    assert [(p.path, p.found) for p in reading.problems] == [("$.requested_reviewer", "null")]
    assert len(reading.facts) == 2
