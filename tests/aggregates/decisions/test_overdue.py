"""Every wait ends: each kind has its own time and sentence, and a person is told once."""

import pytest

from events.catalogue import Json
from simulator.payloads import a_user
from tests.aggregates.decisions.tales import GRACE, Tale, policy

WATCHED = {
    "check_missing": ("required checks have not reported: test", 60),
    "check_running": ("checks run without end: test", 360),
    "check_inconclusive": ("checks ended without a result: test", 30),
    "check_approval": ("nobody approved that Actions run: test", 240),
    "reviewer": ("the review by grace-keen, ada-bright is awaited for too long", 2880),
}


def waiting(kind: str, tale: Tale) -> Tale:
    """A pull request that waits for something of a kind."""
    tale.queues()
    tale.assigns()
    tale.opens()
    match kind:
        case "check_running":
            tale.checked_as("in_progress", None)
        case "check_inconclusive":
            tale.checked("cancelled")
        case "check_approval":
            tale.checked("action_required")
        case "reviewer" | "answer":
            tale.checked()
    tale.finishes()
    tale.ready()
    if kind == "reviewer":
        tale.changes_pull("review_requested", requested_reviewer=GRACE)
    if kind == "answer":
        tale.reviewed("approved", GRACE)
    return tale


@pytest.mark.parametrize("kind", WATCHED)
def test_what_is_waited_for_too_long_is_told_once(kind: str) -> None:
    tale = waiting(kind, Tale())
    assert tale.placement().stage != "needs_human"
    tale.time_passes(kind)
    placement, (sentence, _) = tale.placement(), WATCHED[kind]
    assert (placement.stage, placement.rule) == ("needs_human", kind)
    assert placement.reason == sentence
    assert [wait.kind for wait in placement.waits] == ["person"]
    tale.time_passes(kind)
    assert tale.kinds("hand_to_person") == ["hand_to_person"]


@pytest.mark.parametrize("kind", WATCHED)
def test_each_has_its_own_time_in_the_policy(kind: str) -> None:
    minutes = WATCHED[kind][1]
    assert dict(waiting(kind, Tale()).waits())[kind] == minutes
    shorter: dict[str, Json] = {f"{kind}_minutes": 7}
    assert dict(waiting(kind, Tale(policy(watchdog=shorter))).waits())[kind] == 7
    never: dict[str, Json] = {f"{kind}_minutes": None}
    assert kind not in dict(waiting(kind, Tale(policy(watchdog=never))).waits())


@pytest.mark.parametrize("kind", ["check_missing", "check_inconclusive", "check_approval"])
def test_once_it_comes_nobody_is_needed(kind: str) -> None:
    tale = waiting(kind, Tale())
    tale.time_passes(kind)
    tale.checked()
    assert tale.placement().stage == "ready_for_review"


def test_githubs_answer_is_not_waited_for_for_ever() -> None:
    tale = waiting("answer", Tale(has_app=True))
    assert dict(tale.waits())["answer"] == 15
    tale.time_passes("answer")
    placement = tale.placement()
    assert (placement.stage, placement.rule) == ("needs_human", "answer")
    assert placement.reason == "GitHub did not answer whether grace-keen may write here"
    tale.may_write(50, GRACE)
    assert tale.kinds("merge") == ["merge"]


def again(tale: Tale) -> Tale:
    """Copilot was told to go on with a draft that it had handed over."""
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.finishes()
    tale.commented("@copilot and the second case?", GRACE, "MEMBER")
    tale.checked()
    return tale


def test_a_further_round_that_ends_without_a_word_is_over_once_it_was_quiet_for_long() -> None:
    tale = again(Tale())
    assert tale.kinds("mark_ready") == []
    assert dict(tale.waits())["round_quiet"] == 45
    tale.time_passes("round_quiet")
    assert tale.kinds("mark_ready") == ["mark_ready"]


def test_a_push_begins_the_quiet_anew() -> None:
    tale = again(Tale())
    before = tale.lane
    tale.changes_pull("synchronize", head={"ref": "copilot/fix-17", "sha": "d" * 40})
    assert before is not tale.lane
    assert "round_quiet" in dict(tale.waits())


def test_that_it_ended_is_noticed_in_its_timeline() -> None:
    tale = again(Tale(has_app=True))
    assert [each.kind for each in tale.questions() if each.kind == "work"] == ["work"]
    tale.answers("work", 50, finished_at="2026-11-02T01:00:00Z")
    assert tale.kinds("mark_ready") == ["mark_ready"]
    assert [each.kind for each in tale.questions() if each.kind == "work"] == []


def test_an_end_before_it_was_told_again_is_none() -> None:
    tale = again(Tale(has_app=True))
    tale.answers("work", 50, finished_at="2026-11-01T09:00:00Z")
    assert tale.kinds("mark_ready") == []


def test_a_visitor_is_asked_about_and_waited_for_by_nobody() -> None:
    tale = waiting("check_missing", Tale(has_app=True))
    tale.reviewed("approved", a_user("driveby"), "NONE")
    assert [(q.login, q.waits) for q in tale.questions()] == [("driveby", False)]
    assert "answer" not in dict(tale.waits())
