from datetime import UTC, datetime

import pytest
from hypothesis import given

from events.columns import Columns, columns_of
from simulator.payloads import (
    INSTALLATION_ID,
    ZEROS,
    Payload,
    a_check_run,
    a_pull_request,
    a_push,
    a_repository,
    a_review,
    a_user,
    an_issue,
    deliveries,
)
from simulator.payloads.deliveries import DELIVERIES
from tests.events.github.readings import UNREAD
from tests.events.mangling import assert_storable, mangled_deliveries, odd_values, places

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
NINE_FIVE = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
OF_ACCESS = {"member", "team", "repository_ruleset", "branch_protection_rule"}
WITHOUT_TIME = {"ping", "github_app_authorization"} | OF_ACCESS | UNREAD
NOTHING = Columns(*[None] * 8)


def test_a_delivery_of_an_issue_fills_its_columns() -> None:
    assert columns_of("issues", deliveries.issues()) == Columns(
        installation_id=INSTALLATION_ID,
        repository_id=a_repository()["id"],
        actor_id=a_user()["id"],
        actor_login="ada-bright",
        subject_kind="issue",
        subject_number=17,
        head_sha=None,
        occurred_at=NINE_FIVE,
    )


@pytest.mark.parametrize(
    ("event", "kind", "number"),
    [
        ("issue_comment", "issue", 17),
        ("issue_dependencies", "issue", 17),
        ("sub_issues", "issue", 10),
        ("pull_request", "pull_request", 18),
        ("pull_request_review", "pull_request", 18),
        ("pull_request_review_comment", "pull_request", 18),
        ("check_run", "check_run", None),
        ("check_suite", "check_suite", None),
        ("workflow_run", "workflow_run", None),
        ("status", "status", None),
        ("push", "push", None),
        ("merge_group", "merge_group", None),
        ("repository", "repository", None),
        ("installation", "installation", None),
        ("installation_repositories", "installation", None),
        ("github_app_authorization", None, None),
        ("ping", None, None),
    ],
)
def test_the_subject_is_what_the_delivery_is_about(
    event: str, kind: str | None, number: int | None
) -> None:
    columns = columns_of(event, DELIVERIES[event]())

    assert (columns.subject_kind, columns.subject_number) == (kind, number)


def test_a_comment_on_a_pull_request_is_about_the_pull_request() -> None:
    payload = deliveries.issue_comment(issue=an_issue(18, pull_request={"url": "https://x"}))

    columns = columns_of("issue_comment", payload)

    assert (columns.subject_kind, columns.subject_number) == ("pull_request", 18)


@pytest.mark.parametrize(
    ("action", "number"),
    [("blocked_by_added", 17), ("blocking_removed", 16)],
)
def test_of_two_related_issues_the_delivery_s_own_is_the_subject(action: str, number: int) -> None:
    columns = columns_of("issue_dependencies", deliveries.issue_dependencies(action))

    assert columns.subject_number == number


def test_an_event_of_the_future_about_an_issue_is_still_found_under_it() -> None:
    columns = columns_of("an_event_of_the_future", deliveries.issues())

    assert (columns.subject_kind, columns.subject_number) == ("issue", 17)
    assert columns.occurred_at == NINE_FIVE


@pytest.mark.parametrize(
    "event",
    [
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
        "check_run",
        "check_suite",
        "workflow_run",
        "status",
        "push",
    ],
)
def test_the_head_sha_is_found_wherever_the_event_has_it(event: str) -> None:
    assert columns_of(event, DELIVERIES[event]()).head_sha == a_pull_request()["head"]["sha"]


def test_the_head_sha_of_a_merge_group_is_its_own() -> None:
    payload = deliveries.merge_group()

    assert columns_of("merge_group", payload).head_sha == payload["merge_group"]["head_sha"]


def test_a_deleted_branch_has_no_head_and_is_timed_by_the_push() -> None:
    columns = columns_of("push", deliveries.push(push=a_push(after=ZEROS)))

    assert columns.head_sha is None
    assert columns.occurred_at == NINE_FIVE


def test_a_push_is_timed_by_its_newest_commit() -> None:
    payload = deliveries.push()
    payload["head_commit"]["timestamp"] = "2026-11-02T10:00:00+01:00"

    assert columns_of("push", payload).occurred_at == NINE


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        (
            "pull_request_review",
            deliveries.pull_request_review(review=a_review(submitted_at="2026-11-02T09:00:00Z")),
        ),
        ("check_run", deliveries.check_run(check_run=a_check_run(completed_at=None))),
        ("installation", deliveries.installation()),
        ("repository", deliveries.repository()),
    ],
)
def test_the_most_specific_time_counts(event: str, payload: Payload) -> None:
    assert columns_of(event, payload).occurred_at == NINE


@pytest.mark.parametrize("event", sorted(set(DELIVERIES) - WITHOUT_TIME))
def test_every_event_that_has_a_time_has_one_here(event: str) -> None:
    assert columns_of(event, DELIVERIES[event]()).occurred_at is not None


def test_what_does_not_fit_is_null() -> None:
    payload = deliveries.pull_request()
    payload["installation"]["id"] = 2**63
    payload["repository"]["id"] = True
    payload["sender"] = {"id": "7", "login": "x" * 256}
    payload["pull_request"]["head"]["sha"] = "a" * 65
    payload["pull_request"]["updated_at"] = "1969-07-20T20:17:40Z"
    payload["pull_request"]["number"] = 10**400

    columns = columns_of("pull_request", payload)

    assert columns == NOTHING._replace(subject_kind="pull_request")


def test_a_login_that_no_database_takes_is_mended() -> None:
    payload = deliveries.issues()
    payload["sender"]["login"] = "a\0b\ud800"

    assert columns_of("issues", payload).actor_login == "a\ufffdb\ufffd"


@pytest.mark.parametrize("event", [*DELIVERIES, "star", ""])
def test_an_empty_object_has_nothing_to_copy(event: str) -> None:
    assert columns_of(event, {})._replace(subject_kind=None) == NOTHING


@given(mangled_deliveries())
def test_no_damage_to_a_delivery_makes_copying_raise(delivery: tuple[str, Payload]) -> None:
    assert_storable(columns_of(*delivery))


@pytest.mark.parametrize("event", DELIVERIES)
def test_every_field_may_be_anything(event: str) -> None:
    payload = DELIVERIES[event]()
    values = odd_values()
    for container, key in list(places(payload)):
        kept = container[key]
        for value in values:
            container[key] = value
            assert_storable(columns_of(event, payload))
        container[key] = kept
