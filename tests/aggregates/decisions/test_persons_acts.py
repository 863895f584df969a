"""A person's act wins: taken off, reopened, deleted, moved away, in whatever form it is told."""

import pytest

from simulator.payloads import Payload, copilot_agent
from tests.aggregates.decisions.tales import ADA, Tale, policy

OFF: Payload = {"assignee": None, "assignees": []}


def started(tale: Tale) -> Tale:
    """Copilot was asked, and has the issue."""
    tale.queues()
    tale.assigns()
    return tale


def needs_a_person(tale: Tale) -> None:
    """Nothing is assigned again, and somebody is told."""
    placement = tale.placement()
    assert (placement.stage, placement.rule) == ("needs_human", "unassigned")
    assert (tale.kinds("assign"), tale.kinds("hand_to_person")) == (["assign"], ["hand_to_person"])


def test_unassigned_by_a_delivery_that_names_nobody() -> None:
    tale = started(Tale())
    issue = tale.issue_as(1, **OFF)
    tale.delivers("issues", "unassigned", issue=issue, assignee=None, sender=ADA)
    needs_a_person(tale)


def test_unassigned_as_only_a_later_snapshot_shows() -> None:
    tale = started(Tale())
    tale.changes_issue("edited", **OFF)
    needs_a_person(tale)


def test_unassigned_though_no_delivery_ever_told_of_the_assignment() -> None:
    tale = Tale()
    tale.queues()
    copilot = copilot_agent()
    tale.changes_issue("edited", assignee=copilot, assignees=[copilot])
    tale.changes_issue("edited", **OFF)
    needs_a_person(tale)


def test_queued_anew_it_starts_again() -> None:
    tale = started(Tale())
    tale.changes_issue("edited", **OFF)
    tale.changes_issue("labeled")
    assert tale.kinds("assign") == ["assign", "assign"]


def finished(tale: Tale) -> Tale:
    """The work was merged, and the issue closed by it."""
    started(tale)
    tale.opens()
    tale.merges()
    closed: Payload = {"state": "closed", "state_reason": "completed", "closed_at": tale.now()}
    tale.changes_issue("closed", **closed)
    return tale


def reopened(tale: Tale) -> Tale:
    finished(tale)
    tale.changes_issue("reopened", state="open", state_reason="reopened", closed_at=None)
    return tale


def test_reopened_an_assignment_from_before_is_no_assignment() -> None:
    tale = reopened(Tale())
    assert not tale.workflow().assigned
    placement = tale.placement()
    assert (placement.stage, placement.rule) == ("needs_human", "left_assigned")
    assert tale.kinds("assign") == ["assign"]


def test_reopened_a_retry_helps_and_takes_copilot_off_first() -> None:
    tale = reopened(Tale())
    tale.retries()
    assert tale.kinds("assign") == ["assign", "assign"]
    assert tale.decisions[-1].parameters["anew"] is True


def test_reopened_and_assigned_anew_it_goes_on() -> None:
    tale = reopened(Tale())
    tale.assigns()
    assert tale.workflow().assigned
    assert tale.placement().stage == "in_progress"


@pytest.mark.parametrize("action", ["deleted", "transferred"])
def test_what_is_gone_does_not_come_back_by_an_old_snapshot(action: str) -> None:
    tale = Tale()
    tale.queues()
    tale.changes_issue(action)
    gone = tale.placement()
    tale.changes_issue("edited")
    assert (gone.stage, gone.rule) == ("cancelled", "gone")
    assert tale.placement() == gone
    assert tale.kinds("assign") == ["assign"]


def test_finished_work_stays_finished_after_many_merges_of_others() -> None:
    tale = Tale(policy(queue={"max_active": 1}))
    started(tale)
    tale.opens(50, "Fixes #1", base={"ref": "develop", "sha": "b" * 40})
    tale.merges(50)
    assert tale.placement().rule == "merged"
    decided = list(tale.decided)
    for number in range(100, 260):
        tale.opens(number, "something else", user=ADA, draft=False)
        tale.merges(number)
    assert tale.placement().rule == "merged"
    assert tale.decided == decided
