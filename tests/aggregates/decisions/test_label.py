"""The label that shows a stage: it follows, once for each stage, and never argues with a person."""

from dataclasses import replace

import pytest

from aggregates.decisions import decide, requested
from aggregates.lane import Lane
from aggregates.lane.ours import Handling
from aggregates.surroundings import Surroundings
from events.catalogue import ModeSet, WorkflowRetried
from events.github import IssueSeen
from tests.aggregates.builders import (
    ISSUE,
    a_dependency,
    a_lane,
    an_assigned_issue,
    an_issue_seen,
    seeing,
)
from tests.aggregates.decisions.conducted import (
    NOBODY,
    USER,
    Section,
    conducted,
    recorded,
    said,
)
from tests.aggregates.decisions.pulls import PASSED, a_draft

SYNC: Section = {"sync": True}
QUEUED = an_issue_seen(labels=("status:queued",), blocked_by_open=1)
BLOCKED = ("status:blocked",)


def labelled(lane: Lane, mode: str = "live", prefix: str = "status:") -> Lane:
    policy: Section = {"sync": True, "prefix": prefix}
    return conducted(lane, "shadow" if mode == "shadow" else "live", labels=policy)


def label(lane: Lane, scope: Surroundings = NOBODY) -> str | None:
    """The label that is to be set; without a user, so that nothing is assigned."""
    found = [each for each in decide(lane, scope) if each.kind == "set_label"]
    assert len(found) <= 1
    return str(found[0].parameters["label"]) if found else None


def now(lane: Lane, issue: IssueSeen) -> Lane:
    return seeing(lane, issues={ISSUE: issue})


def test_the_label_follows_the_stage_and_says_which_it_replaces() -> None:
    lane = labelled(a_lane(issue=QUEUED), prefix="state/")
    (decision,) = decide(lane, NOBODY)
    assert (decision.kind, decision.token) == ("set_label", "state/blocked:0")
    assert decision.parameters["label"] == "state/blocked"
    assert decision.parameters["prefix"] == "state/"
    stages = decision.parameters["stages"]
    assert isinstance(stages, list)
    assert {"queued", "blocked", "done"} <= {str(stage) for stage in stages}
    assert decision.reason == "its stage is blocked"


def test_it_is_asked_for_once_at_each_stage() -> None:
    lane = recorded(labelled(a_lane(issue=QUEUED)), "succeeded", NOBODY)
    assert label(lane) is None
    lane = now(lane, replace(QUEUED, labels=BLOCKED, blocked_by_open=0))
    assert label(lane) == "status:queued"
    lane = recorded(lane, "succeeded", NOBODY)
    assert label(lane) is None
    assert label(now(lane, QUEUED)) == "status:blocked"


@pytest.mark.parametrize("labels", [(), ("status:queued",), ("status:done", "status:blocked")])
def test_a_persons_change_of_the_label_stays(labels: tuple[str, ...]) -> None:
    lane = recorded(labelled(a_lane(issue=QUEUED)), "succeeded", NOBODY)
    assert label(now(lane, replace(QUEUED, labels=labels))) is None


def test_a_label_that_is_there_alone_is_not_asked_for() -> None:
    blocked = replace(QUEUED, labels=("bug", *BLOCKED))
    assert label(labelled(a_lane(issue=blocked))) is None
    both = replace(QUEUED, labels=("status:queued", *BLOCKED))
    assert label(labelled(a_lane(issue=both))) == "status:blocked"


def test_a_label_that_is_on_its_way_is_replaced_though_the_right_one_is_still_there() -> None:
    lane = recorded(labelled(a_lane(issue=QUEUED)), None, NOBODY)
    assert label(now(lane, replace(QUEUED, blocked_by_open=0))) == "status:queued"


def test_the_label_follows_back_to_a_stage_where_it_was_before_a_person_queued_it_anew() -> None:
    lane = recorded(labelled(a_lane(issue=QUEUED)), "succeeded", NOBODY)
    lane = now(lane, replace(QUEUED, blocked_by_open=0))  # a person put status:queued on it
    lane = recorded(lane, "succeeded", NOBODY)
    assert label(now(lane, QUEUED)) == "status:blocked"


@pytest.mark.parametrize("prefix", ["status:", ""])
def test_where_labels_are_not_synced_none_is_set(prefix: str) -> None:
    lane = conducted(a_lane(issue=QUEUED), labels={"sync": False, "prefix": prefix})
    assert decide(lane, NOBODY) == ()


@pytest.mark.parametrize(
    "lane",
    [
        a_lane(issue=an_issue_seen(labels=()), handling=Handling(enqueued=False)),
        a_lane(issue=an_issue_seen(transferred=True), handling=Handling(enqueued=True)),
        a_lane(handling=Handling(enqueued=True)),
        a_lane(issue=QUEUED, handling=Handling(taken_over=True)),
        a_lane(issue=QUEUED, handling=Handling(skipped=True)),
        a_lane(issue=an_issue_seen(state="closed"), handling=Handling(enqueued=True)),
    ],
    ids=["unqueued", "gone", "never seen", "taken over", "skipped", "ended before"],
)
def test_nothing_is_labelled(lane: Lane) -> None:
    assert label(labelled(lane)) is None


@pytest.mark.parametrize("end", ["succeeded", "failed", "cancelled"])
def test_work_that_ended_gets_its_last_label_if_it_had_one_of_ours(end: str) -> None:
    lane = labelled(a_lane(issue=an_assigned_issue()))
    lane = recorded(lane, "cancelled" if end == "cancelled" else "succeeded", NOBODY)
    lane = now(lane, an_assigned_issue(state="closed", state_reason="completed"))
    assert label(lane) == "status:done"
    assert label(recorded(lane, None, NOBODY)) is None


def test_a_label_that_github_refused_is_not_asked_for_again_at_this_stage() -> None:
    lane = recorded(labelled(a_lane(issue=QUEUED)), "failed", NOBODY)
    assert decide(lane, NOBODY) == ()
    assert label(now(lane, replace(QUEUED, blocked_by_open=0))) == "status:queued"


def test_called_off_it_is_asked_for_again_under_another_id() -> None:
    lane = labelled(a_lane(issue=QUEUED))
    again = recorded(lane, "cancelled", NOBODY)
    assert label(again) == label(lane) == "status:blocked"
    first, second = (requested(each, NOBODY, decide(each, NOBODY)[0]).id for each in (lane, again))
    assert first != second


def test_going_live_it_is_asked_for_afresh_and_retried_once_more() -> None:
    lane = recorded(labelled(a_lane(issue=QUEUED), "shadow"), None, NOBODY)
    assert label(lane) is None
    live = said(lane, ModeSet(mode="live"))
    assert label(live) == "status:blocked"
    live = recorded(live, "succeeded", NOBODY)
    assert label(live) is None
    assert label(said(live, WorkflowRetried(issue_number=ISSUE))) == "status:blocked"


def test_the_label_comes_with_the_step_that_the_stage_calls_for() -> None:
    kinds = [each.kind for each in decide(labelled(a_draft(PASSED)), USER)]
    assert kinds == ["set_label", "mark_ready"]


def test_each_issue_has_its_own_label() -> None:
    issues = {number: an_issue_seen(number, blocked_by_open=1) for number in (1, 2)}
    lane = labelled(a_lane(issues=issues, dependencies={2: {"7#1": a_dependency(1)}}))
    assert [each.issue_number for each in decide(lane, NOBODY)] == [1, 2]
    assert decide(recorded(lane, None, NOBODY), NOBODY) == ()
