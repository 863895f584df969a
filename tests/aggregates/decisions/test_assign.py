"""Who is assigned to Copilot next, and when nobody is."""

from dataclasses import replace
from typing import Any

import pytest

from aggregates.decisions import decide, requested
from aggregates.lane import Lane
from aggregates.lane.ours import Handling, Ours
from events.catalogue import ModeSet, WorkflowEnqueued, WorkflowRetried
from events.github import IssueSeen
from events.github.names import COPILOT_AGENT_ID
from tests.aggregates.builders import (
    ISSUE,
    PULL,
    a_dependency,
    a_lane,
    a_pull_request_seen,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    linking,
    minute,
    seeing,
)
from tests.aggregates.decisions.conducted import (
    NOBODY,
    USER,
    Section,
    conducted,
    kinds,
    only,
    recorded,
    said,
)

COPILOT = (COPILOT_AGENT_ID,)


def queue(*issues: IssueSeen, links: dict[int, tuple[int, ...]] | None = None) -> Lane:
    """Queued issues, or those given, on one lane."""
    lane = a_lane(issues={issue.number: issue for issue in issues})
    return linking(lane, links or {})


def assigned(lane: Lane, max_active: int = 1) -> list[int]:
    lane = conducted(lane, queue={"max_active": max_active})
    return [each.issue_number for each in decide(lane, USER) if each.kind == "assign"]


def handled(lane: Lane, number: int, **handling: Any) -> Lane:  # noqa: ANN401 (any field)
    handlings = {**lane.ours.handlings, number: Handling(**handling)}
    return replace(lane, ours=replace(lane.ours, handlings=handlings))


def test_the_only_queued_issue_is_assigned_with_what_copilot_is_told() -> None:
    told: Section = {
        "base_branch": "next",
        "instructions": "Mind the tests.",
        "model": "swift",
        "custom_agent": "careful",
    }
    decision = only(conducted(queue(an_issue_seen()), copilot=told))
    assert (decision.kind, decision.issue_number, decision.token) == ("assign", ISSUE, "0")
    assert decision.parameters == told
    assert decision.reason == "it is next in the queue, and 0 of 1 are at work"
    assert (decision.pull_request_number, decision.head_sha) == (None, None)


def test_the_first_of_the_queue_goes_first() -> None:
    older = an_issue_seen(2, created_at=minute(-9))
    newer = an_issue_seen(1, created_at=minute(-1))
    assert assigned(queue(older, newer)) == [2]
    lane = queue(older, newer)
    ordered = replace(lane, ours=Ours(order=(1,)))
    assert assigned(ordered) == [1]


@pytest.mark.parametrize(("places", "numbers"), [(1, [1]), (2, [1, 2]), (5, [1, 2, 3])])
def test_as_many_are_assigned_as_may_be_at_work(places: int, numbers: list[int]) -> None:
    assert assigned(queue(*map(an_issue_seen, (1, 2, 3))), places) == numbers


@pytest.mark.parametrize(
    ("first", "links"),
    [
        (an_issue_seen(1, assignee_ids=COPILOT), {}),
        (an_issue_seen(1, labels=()), {1: (PULL,)}),
        (an_issue_seen(1, assignee_ids=COPILOT), {1: (PULL, PULL + 1)}),
    ],
)
def test_nobody_is_assigned_while_all_places_are_taken(
    first: IssueSeen, links: dict[int, tuple[int, ...]]
) -> None:
    pulls = {number: a_pull_request_seen(number) for number in (PULL, PULL + 1)}
    lane = queue(first, an_issue_seen(2), links=links)
    lane = seeing(lane, pull_requests=pulls)
    assert assigned(lane) == []
    assert assigned(lane, max_active=2) == [2]


def test_what_was_asked_for_takes_its_place_before_github_shows_it() -> None:
    lane = recorded(conducted(queue(an_issue_seen(1), an_issue_seen(2))))
    assert kinds(lane) == []


def test_what_a_person_took_over_or_had_us_skip_takes_no_place() -> None:
    lane = queue(an_issue_seen(1, assignee_ids=COPILOT), an_issue_seen(2))
    assert assigned(handled(lane, 1, taken_over=True)) == [2]
    assert assigned(handled(lane, 1, skipped=True)) == [2]


def test_in_shadow_mode_an_issue_that_leaves_the_queue_keeps_no_place() -> None:
    lane = recorded(conducted(queue(an_issue_seen(1), an_issue_seen(2)), "shadow"))
    assert kinds(lane) == []
    left = queue(an_issue_seen(1, labels=()), an_issue_seen(2))
    decisions = decide(replace(left, ours=lane.ours), NOBODY)
    assert [each.issue_number for each in decisions if each.kind == "assign"] == [2]


def test_work_that_ended_takes_no_place() -> None:
    done = an_issue_seen(1, assignee_ids=COPILOT, state="closed", state_reason="completed")
    assert assigned(handled(queue(done, an_issue_seen(2)), 1)) == [2]


def test_work_that_waits_for_a_person_keeps_its_place() -> None:
    lane = queue(an_issue_seen(1, assignee_ids=COPILOT), an_issue_seen(2))
    closed = a_pull_request_seen(state="closed", closed_at=minute(9))
    lane = linking(seeing(lane, pull_requests={PULL: closed}), {1: (PULL,)})
    assert assigned(lane) == []


@pytest.mark.parametrize(
    "lane",
    [
        a_lane(issue=an_issue_seen(labels=("bug",))),
        a_lane(issue=an_issue_seen(labels=("bug",)), handling=Handling(enqueued=False)),
        a_lane(issue=an_issue_seen(), handling=Handling(enqueued=False)),
        a_lane(issue=an_issue_seen(), handling=Handling(taken_over=True)),
        a_lane(issue=an_issue_seen(), handling=Handling(skipped=True)),
        a_lane(issue=an_issue_seen(state="closed"), handling=Handling(enqueued=True)),
        a_lane(issue=an_issue_seen(transferred=True), handling=Handling(enqueued=True)),
        a_lane(issue=an_issue_seen(blocked_by_open=1)),
        a_lane(issue=an_issue_seen(), dependencies={ISSUE: {"8#3": a_dependency(3, repository=8)}}),
        a_lane(issue=an_assigned_issue(), assignments={ISSUE: an_assignment()}),
        a_lane(handling=Handling(enqueued=True)),
    ],
    ids=[
        "without the label",
        "unqueued",
        "unqueued with the label",
        "taken over",
        "skipped",
        "closed",
        "transferred",
        "blocked",
        "blocked elsewhere",
        "assigned",
        "never seen",
    ],
)
def test_nobody_is_assigned(lane: Lane) -> None:
    assert assigned(lane, max_active=3) == []


def test_blockers_do_not_count_where_the_policy_ignores_them() -> None:
    lane = a_lane(issue=an_issue_seen(blocked_by_open=1))
    assert kinds(conducted(lane, queue={"dependencies": False})) == ["assign"]


def test_an_operator_enqueues_without_the_label() -> None:
    assert assigned(a_lane(issue=an_issue_seen(labels=()), handling=Handling(enqueued=True))) == [1]


def test_only_a_user_may_start_copilot() -> None:
    lane = queue(an_issue_seen())
    assert kinds(conducted(lane), NOBODY) == []
    assert kinds(conducted(lane, "shadow"), NOBODY) == ["assign"]


def test_one_that_failed_is_not_assigned_again_but_handed_over() -> None:
    lane = recorded(conducted(queue(an_issue_seen())), "failed")
    assert kinds(lane) == ["hand_to_person"]
    assert kinds(recorded(lane)) == []


def test_one_that_failed_leaves_its_place_to_the_next() -> None:
    lane = recorded(conducted(queue(an_issue_seen(1), an_issue_seen(2))), "failed")
    assert [(each.kind, each.issue_number) for each in decide(lane, USER)] == [
        ("hand_to_person", 1),
        ("assign", 2),
    ]


def test_one_that_was_called_off_is_decided_again_under_another_id() -> None:
    lane = conducted(queue(an_issue_seen()))
    first = requested(lane, USER, only(lane)).id
    again = recorded(lane, "cancelled")
    assert only(again) == only(lane)
    second = requested(again, USER, only(again)).id
    third = requested(recorded(again, "cancelled"), USER, only(again)).id
    assert len({first, second, third}) == 3


def test_retried_it_is_assigned_afresh() -> None:
    lane = recorded(conducted(queue(an_issue_seen())), "failed")
    first = lane.handling(ISSUE).asked[0].id
    lane = said(lane, WorkflowRetried(issue_number=ISSUE))
    assert kinds(lane) == ["assign"]
    assert requested(lane, USER, only(lane)).id != first
    assert kinds(recorded(lane)) == []


def test_going_live_decides_afresh() -> None:
    lane = recorded(conducted(queue(an_issue_seen()), "shadow"))
    assert kinds(lane) == []
    live = said(lane, ModeSet(mode="live"))
    assert kinds(live) == ["assign"]
    assert requested(live, USER, only(live)).id != lane.handling(ISSUE).asked[0].id
    assert kinds(said(recorded(live), ModeSet(mode="shadow"))) == []


def test_what_a_person_unassigned_waits_until_it_is_queued_anew() -> None:
    unassigned = a_lane(
        issue=an_issue_seen(labels=()), assignments={ISSUE: an_assignment(present=False)}
    )
    lane = conducted(unassigned)
    assert kinds(lane) == ["hand_to_person"]
    again = only(said(recorded(lane), WorkflowEnqueued(issue_number=ISSUE)))
    assert (again.kind, again.token) == ("assign", minute(1).isoformat())
