from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.github import (
    NEVER,
    CheckRunSeen,
    InstallationSeen,
    IssueSeen,
    PullRequestSeen,
    RepositoryConnected,
    RepositoryDisconnected,
    ReviewSeen,
)
from events.github.merge import identity_of, merge, tied

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = AT + timedelta(seconds=1)


def an_issue_fact(**changes: Any) -> IssueSeen:  # noqa: ANN401  # any field of the fact
    issue = IssueSeen(
        repository_id=1,
        id=100,
        number=17,
        title="t",
        state="open",
        labels=(),
        assignee_ids=(),
        updated_at=AT,
    )
    return replace(issue, **changes)


def a_pull_request_fact(**changes: Any) -> PullRequestSeen:  # noqa: ANN401  # any field of the fact
    pull = PullRequestSeen(
        repository_id=1,
        id=200,
        number=18,
        title="t",
        state="open",
        merged=False,
        head_sha="a",
        head_ref="b",
        base_ref="main",
        labels=(),
        assignee_ids=(),
        requested_reviewer_ids=(),
        requested_teams=(),
        updated_at=AT,
    )
    return replace(pull, **changes)


def a_check_fact(**changes: Any) -> CheckRunSeen:  # noqa: ANN401  # any field of the fact
    run = CheckRunSeen(repository_id=1, id=300, name="test", head_sha="a", status="queued")
    return replace(run, **changes)


def test_facts_about_different_things_do_not_merge() -> None:
    with pytest.raises(ValueError, match="different things"):
        merge(an_issue_fact(number=1), an_issue_fact(number=2))


def test_the_newer_issue_wins() -> None:
    old, new = an_issue_fact(), an_issue_fact(updated_at=LATER, state="closed")

    assert merge(old, new) is new
    assert not tied(old, new)


def test_a_deleted_issue_wins_a_tie_without_doubt() -> None:
    seen, deleted = an_issue_fact(), an_issue_fact(deleted=True)

    assert merge(seen, deleted).deleted
    assert not tied(seen, deleted)


def test_issues_of_the_same_second_with_different_labels_are_tied() -> None:
    bare, labeled = an_issue_fact(), an_issue_fact(labels=("bug",))

    assert tied(bare, labeled)
    assert merge(bare, labeled) == merge(labeled, bare)


def test_a_value_that_a_newer_issue_does_not_have_is_kept() -> None:
    old, new = an_issue_fact(blocked_by_open=2), an_issue_fact(updated_at=LATER, title="new")

    merged = merge(old, new)

    assert (merged.title, merged.blocked_by_open) == ("new", 2)
    assert merged.borrowed == (("blocked_by_open", (False, False, AT, NEVER)),)


def test_of_two_kept_values_the_newer_one_wins_however_they_arrive() -> None:
    one = an_issue_fact(blocked_by_open=1)
    two = an_issue_fact(blocked_by_open=2, updated_at=LATER)
    bare = an_issue_fact(updated_at=LATER + timedelta(seconds=1))

    assert merge(merge(one, bare), two).blocked_by_open == 2
    assert merge(merge(two, bare), one).blocked_by_open == 2


def test_no_value_is_not_a_different_value() -> None:
    assert not tied(an_issue_fact(), an_issue_fact(blocked_by_open=2))
    assert tied(an_issue_fact(blocked_by_open=1), an_issue_fact(blocked_by_open=2))


def test_merged_stays_merged() -> None:
    merged = a_pull_request_fact(merged=True, state="closed", merged_at=AT)
    late = a_pull_request_fact(updated_at=LATER)

    assert merge(merged, late).merged
    assert merge(late, merged).state == "closed"


def test_a_review_s_pull_request_does_not_forget_the_draft() -> None:
    draft = a_pull_request_fact(draft=True)
    reviewed = a_pull_request_fact(updated_at=LATER)

    assert merge(draft, reviewed).draft is True


def test_a_check_run_goes_forward_and_a_new_start_begins_again() -> None:
    queued = a_check_fact(started_at=AT)
    running = a_check_fact(started_at=AT, status="in_progress")
    done = a_check_fact(started_at=AT, status="completed", completed_at=LATER)
    again = a_check_fact(started_at=LATER, status="in_progress")

    assert merge(running, queued) is running
    assert merge(done, running) is done
    assert merge(done, again) is again


def test_a_dismissed_review_stays_dismissed() -> None:
    approved = ReviewSeen(
        repository_id=1, id=1, pull_request_number=18, state="approved", submitted_at=LATER
    )
    dismissed = replace(approved, state="dismissed", submitted_at=AT)

    assert merge(approved, dismissed) is dismissed


def test_losing_a_repository_wins_a_tie_with_gaining_it_and_is_uncertain() -> None:
    gained = RepositoryConnected(repository_id=1, full_name="o/r", installation_id=9, at=AT)
    lost = RepositoryDisconnected(repository_id=1, full_name="o/r", installation_id=9, at=AT)
    back = replace(gained, at=LATER)

    assert identity_of(gained) == identity_of(lost)
    assert merge(gained, lost) is merge(lost, gained) is lost
    assert tied(gained, lost)
    assert merge(lost, back) is back


def test_a_deleted_installation_stays_deleted() -> None:
    deleted = InstallationSeen(installation_id=9, updated_at=AT, deleted=True)
    late = InstallationSeen(installation_id=9, updated_at=LATER, deleted=False)

    assert merge(late, deleted).deleted
