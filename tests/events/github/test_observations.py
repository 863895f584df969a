"""What we see when we ask GitHub is read like a delivery of it, and nothing else of it is kept."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import ObservedKind, ResyncObserved, ScopePaused, own_event
from events.delivery import delivered
from events.envelope import Event
from events.github import IssueSeen, PullRequestSeen, ReviewSeen
from events.github.observations import kept, observed_event
from events.github.registry import OBSERVED, READERS
from events.reading import read_facts, tells_facts
from simulator.payloads import (
    Payload,
    a_check_run,
    a_commit_status,
    a_pull_request,
    a_repository,
    a_review,
    a_review_comment,
    a_user,
    an_actions_run,
    an_installation,
    an_issue,
)
from simulator.payloads.deliveries import DELIVERIES
from tests.events.mangling import assert_storable, odd_values, places
from tests.projections.builders import a_delivery, placed

ID = UUID(int=1)
REPOSITORY, AWAY = a_repository(), a_repository("orbit-works/secret")
INSTALLATION = 5
DELIVERED: dict[ObservedKind, tuple[str, str]] = {
    "installation": ("installation", "installation"),
    "repository": ("repository", "repository"),
    "issue": ("issues", "issue"),
    "pull_request": ("pull_request", "pull_request"),
    "review": ("pull_request_review", "review"),
    "review_comment": ("pull_request_review_comment", "comment"),
    "check_run": ("check_run", "check_run"),
    "status": ("status", ""),
    "actions_run": ("workflow_run", "workflow_run"),
    "requirements": ("requirements", "requirements"),
}
ANSWERS: dict[ObservedKind, Payload] = {  # what no delivery says
    "permission": {
        "permission": "write",
        "role_name": "triage",
        "asked_at": "2026-11-02T09:00:00Z",
        "user": a_user(),
    },
    "closing": {"issues": [7], "asked_at": "2026-11-02T09:00:00Z"},
    "work": {"finished_at": "2026-11-02T09:00:00Z", "failed": True},
    "mergeable": {
        "mergeable": False,
        "mergeable_state": "dirty",
        "asked_at": "2026-11-02T09:00:00Z",
        "head": {"sha": "c0ffee"},
        "base": {"sha": "decade", "ref": "main"},
    },
    "agent_merge": {
        "head_sha": "c0ffee",
        "mends": "conflicts",
        "supported": True,
        "enabled": True,
        "asked_at": "2026-11-02T09:00:00Z",
    },
    "failure": {
        "head_sha": "c0ffee",
        "stamp": 4,
        "asked_at": "2026-11-02T09:00:00Z",
        "checks": [
            {
                "name": "test",
                "workflow": "CI",
                "step": "Run the tests",
                "run_url": "https://github.com/orbit-works/rocket/actions/runs/5",
                "run_id": 5,
                "attempt": 2,
                "excerpt": "1 failed",
                "also_on_base": False,
                "history": {"failed": 1, "of": 50},
                "annotations": ["it is red"],
                "lacks": ["the log"],
            }
        ],
    },
    "session": {
        "number": 8,
        "id": "7f3a",
        "state": "in_progress",
        "html_url": "https://github.com/orbit-works/rocket/tasks/7f3a",
        "updated_at": "2026-11-02T09:00:00Z",
        "began_at": "2026-11-02T08:00:00Z",
        "pull_number": 8,
        "asked_at": "2026-11-02T09:00:00Z",
    },
    "sub_issues": {
        "number": 8,
        "asked_at": "2026-11-02T09:00:00Z",
        "parts": [
            {"repository_id": 7, "number": 9, "state": "open"},
            {"repository_id": 6, "number": 1, "state": "closed"},
        ],
    },
    "blockers": {
        "number": 8,
        "updated_at": "2026-11-02T09:00:00Z",
        "issues": [
            an_issue(7, state_reason="reopened") | {"repository": REPOSITORY},
            an_issue(9, repository=AWAY) | {"repository": AWAY},
        ],
    },
}


OF_REVIEWS = ("review", "review_comment")
OF_ISSUES = ("blockers", "sub_issues")  # answers that name an issue, and no pull request


def an_object(kind: ObservedKind) -> Payload:
    """An object as the REST API has it, with everything in it that there can be."""
    merged: Payload = {"merged": True, "merged_at": "2026-11-02T09:00:00Z", "merged_by": a_user()}
    pull = a_pull_request(
        8, body="Fixes #7", state="closed", requested_teams=[{"slug": "crew"}], **merged
    )
    status = a_commit_status()
    of_rest = ("id", "state", "description", "context", "created_at", "updated_at")
    objects: dict[ObservedKind, Payload] = {
        "installation": an_installation(INSTALLATION, suspended_at="2026-11-02T09:00:00Z"),
        **ANSWERS,
        "repository": a_repository(),
        "issue": an_issue(7, state_reason="reopened"),
        "pull_request": pull,
        "review": a_review(body="@copilot look again") | {"state": "CHANGES_REQUESTED"},
        "review_comment": a_review_comment(body="@copilot look again", in_reply_to_id=3),
        "check_run": a_check_run(pull_requests=[pull]),
        "status": {key: status[key] for key in of_rest},
        "actions_run": an_actions_run(
            2,
            pull_requests=[pull],
            event="dynamic",
            path="dynamic/copilot-swe-agent/copilot",
            run_started_at="2026-11-02T09:00:05Z",
        ),
        "requirements": {
            "branch": "main",
            "readable": True,
            "checks": [{"context": "test", "integration_id": 3}],
        },
    }
    return objects[kind]


def observing(kind: ObservedKind, whole: Payload) -> ResyncObserved:
    return ResyncObserved(
        kind=kind,
        object=kept(kind, whole),
        repository=kept("repository", REPOSITORY),
        pull_request_number=8
        if kind in (*OF_REVIEWS, *ANSWERS) and kind not in OF_ISSUES
        else None,
        sha="c0ffee" if kind == "status" else None,
    )


def observed(kind: ObservedKind, whole: Payload) -> Event:
    content = observing(kind, whole)
    return placed(observed_event(content, ID, REPOSITORY["id"], INSTALLATION), 1)


def unabridged(event: Event, whole: Payload) -> Event:
    """The observation as if nothing of the object had been left out."""
    return replace(event, payload=json.dumps(json.loads(event.payload) | {"object": whole}))


@pytest.mark.parametrize("kind", OBSERVED)
def test_nothing_that_is_read_is_left_out(kind: ObservedKind) -> None:
    event = observed(kind, an_object(kind))

    reading = read_facts(event)

    assert reading == read_facts(unabridged(event, an_object(kind)))
    assert reading.problems == ()
    assert len(reading.facts) >= 1


@pytest.mark.parametrize("kind", OBSERVED)
def test_of_an_object_no_more_is_kept_than_is_read(kind: ObservedKind) -> None:
    whole = an_object(kind)
    event = observed(kind, whole)
    content = json.loads(event.payload)
    for name in OBSERVED[kind].keys:
        if name in whole:
            for value in (None, 7, False, True, "2026-11-02T09:00:07Z"):
                content["object"][name] = value
                if read_facts(replace(event, payload=json.dumps(content))) != read_facts(event):
                    break
            else:
                raise AssertionError(f"nobody reads {name}")
            content["object"][name] = kept(kind, whole)[name]
    assert kept(kind, whole | {"surprise": 1}) == kept(kind, whole)


@pytest.mark.parametrize("kind", sorted(set(DELIVERED) - {"requirements"}))
def test_an_observation_says_what_a_delivery_of_the_object_says(kind: ObservedKind) -> None:
    name, holder = DELIVERED[kind]
    payload = DELIVERIES[name]()
    whole = payload[holder] if holder else payload
    number = payload["pull_request"]["number"] if kind in OF_REVIEWS else None
    repository = payload.get("repository", REPOSITORY)
    content = ResyncObserved(
        kind=kind,
        object=kept(kind, whole),
        repository=kept("repository", repository),
        pull_request_number=number,
        sha=payload["sha"] if kind == "status" else None,
    )
    repository_id, installation_id = repository["id"], payload["installation"]["id"]

    event = placed(observed_event(content, ID, repository_id, installation_id), 1)
    delivery = placed(a_delivery(name, payload), 1)

    assert {*read_facts(event).facts} <= {*read_facts(delivery).facts}
    for column in ("installation_id", "repository_id", "subject_kind", "subject_number"):
        assert getattr(event, column) == getattr(delivery, column)
    assert event.occurred_at == delivery.occurred_at
    assert event.head_sha == (None if kind in OF_REVIEWS else delivery.head_sha)


@pytest.mark.parametrize("kind", ANSWERS)
def test_no_delivery_can_say_what_only_an_answer_says(kind: ObservedKind) -> None:
    answer = observed(kind, an_object(kind))
    payload = {
        **DELIVERIES["pull_request"](),
        kind: an_object(kind),
        "pull_request": {"number": 8},
        "issue": {"number": 8, "updated_at": "2026-11-02T09:00:00Z"},
        "repository": {**REPOSITORY},
    }
    assert answer.subject_number == 8
    for name in READERS:
        facts = read_facts(placed(a_delivery(name, payload), 1)).facts
        assert not {*read_facts(answer).facts} & {*facts}


def test_a_pull_request_of_a_list_says_nothing_of_what_it_does_not_have() -> None:
    whole = a_pull_request(8, merged=True, merged_at="2026-11-02T09:00:00Z", state="closed")
    [seen] = read_facts(observed("pull_request", without(whole, "merged", "merged_by"))).facts
    assert isinstance(seen, PullRequestSeen)
    assert (seen.merged, seen.merged_by_id) == (True, None)


def test_a_review_in_the_capitals_of_the_api_is_read() -> None:
    reading = read_facts(observed("review", an_object("review")))
    [review] = [fact for fact in reading.facts if isinstance(fact, ReviewSeen)]
    assert (review.state, review.pull_request_number) == ("changes_requested", 8)
    assert review.mentions_copilot


def test_what_is_gone_is_told_as_deleted() -> None:
    content = observing("issue", an_object("issue")).model_copy(update={"gone": True})
    event = placed(observed_event(content, ID, REPOSITORY["id"], INSTALLATION), 1)
    [issue] = [fact for fact in read_facts(event).facts if isinstance(fact, IssueSeen)]
    assert issue.deleted


def test_only_deliveries_and_observations_tell_what_github_says() -> None:
    delivery = placed(a_delivery("issues", DELIVERIES["issues"]()), 1)
    command = placed(own_event(ScopePaused(), ID, source="operator"), 1)
    assert tells_facts(delivery)
    assert tells_facts(observed("issue", an_object("issue")))
    assert not tells_facts(command)
    assert not read_facts(command).facts
    assert delivered(delivery)


def test_an_observation_that_does_not_fit_is_a_problem_and_no_error() -> None:
    event = replace(observed("issue", an_object("issue")), payload='{"kind": "comet"}')
    reading = read_facts(event)
    assert reading.facts == ()
    assert [problem.path for problem in reading.problems] == ["$"]


@pytest.mark.parametrize("kind", OBSERVED)
def test_every_field_may_be_anything(kind: ObservedKind) -> None:
    whole = an_object(kind)
    for container, key in list(places(whole)):
        before = container[key]
        for value in odd_values():
            container[key] = value
            for fact in read_facts(observed(kind, whole)).facts:
                assert_storable(fact)
        container[key] = before


@given(st.sampled_from(list(OBSERVED)), st.integers(2, 400))
def test_what_is_kept_is_bounded(kind: ObservedKind, many: int) -> None:
    whole: dict[str, Any] = {name: ["x" * 100_000] * many for name in an_object(kind)}
    assert all(len(value) <= 100 for value in kept(kind, whole).values() if isinstance(value, list))
    text = dict.fromkeys(an_object(kind), "x" * 100_000)
    assert all(len(str(value)) <= 65_536 for value in kept(kind, text).values())


def without(payload: Payload, *names: str) -> Payload:
    return {key: value for key, value in payload.items() if key not in names}
