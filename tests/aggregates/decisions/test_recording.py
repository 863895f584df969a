"""Decisions become events whose ids follow from what they are."""

from dataclasses import replace

import pytest

from aggregates.decisions import Decision, requested
from aggregates.lane import Lane
from events.catalogue import ActionRequested, content_of, workflow_id
from events.catalogue.own import MAX_REASON
from tests.aggregates.builders import HEAD, ISSUE, PULL, a_lane, an_issue_seen
from tests.aggregates.decisions.conducted import USER, conducted, only, recorded
from tests.aggregates.decisions.pulls import FAILED, a_ready
from tests.aggregates.lane.own_events import placed

LANE = replace(conducted(a_ready(FAILED)), installation_id=5)
DECISION = only(LANE)


def test_the_event_says_all_that_was_decided() -> None:
    event = requested(LANE, USER, DECISION)
    assert (event.source, event.type, event.action) == ("orchestrator", "action", "requested")
    assert (event.installation_id, event.repository_id) == (5, LANE.repository_id)
    assert (event.subject_kind, event.subject_number) == ("issue", ISSUE)
    assert event.correlation_id == workflow_id(LANE.repository_id, ISSUE)
    content = content_of(placed(event, 1))
    assert content == ActionRequested(
        kind="ask_to_fix_ci",
        mode="live",
        issue_number=ISSUE,
        pull_request_number=PULL,
        head_sha=HEAD,
        generation=0,
        token=HEAD,
        reason=DECISION.reason,
        parameters=dict(DECISION.parameters),
    )


@pytest.mark.parametrize(
    "other",
    [
        replace(DECISION, kind="merge"),
        replace(DECISION, issue_number=2),
        replace(DECISION, token="b" * 40),
    ],
)
def test_what_is_for_another_purpose_has_another_id(other: Decision) -> None:
    assert requested(LANE, USER, other).id != requested(LANE, USER, DECISION).id


@pytest.mark.parametrize(
    "lane",
    [replace(LANE, repository_id=8), conducted(LANE, "shadow")],
)
def test_another_lane_or_mode_gives_another_id(lane: Lane) -> None:
    assert requested(lane, USER, DECISION).id != requested(LANE, USER, DECISION).id


def test_how_it_is_put_changes_nothing_about_the_id() -> None:
    put = replace(DECISION, reason="because", parameters={"body": "Mend it."})
    assert requested(LANE, USER, put).id == requested(LANE, USER, DECISION).id


def test_a_long_reason_is_cut() -> None:
    event = requested(LANE, USER, replace(DECISION, reason="x" * 2 * MAX_REASON))
    content = content_of(placed(event, 1))
    assert isinstance(content, ActionRequested)
    assert len(content.reason) == MAX_REASON


def test_a_cancelled_action_of_another_kind_or_mode_changes_no_id() -> None:
    queued = conducted(
        a_lane(issue=an_issue_seen()), labels={"sync": True}, queue={"label": "todo"}
    )
    before = requested(queued, USER, DECISION).id
    assert requested(recorded(queued, "cancelled"), USER, DECISION).id == before
    shadow = recorded(conducted(LANE, "shadow"), "cancelled")
    assert requested(conducted(shadow), USER, DECISION).id == requested(LANE, USER, DECISION).id
