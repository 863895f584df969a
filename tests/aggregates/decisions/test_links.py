"""Which pull request is whose: by evidence, never by a guess; and one is decided for once."""

import pytest

from simulator.payloads import a_user, copilot_agent
from tests.aggregates.decisions.tales import VISITOR, Tale, policy


def assigned(tale: Tale, *numbers: int) -> Tale:
    """Copilot has some issues."""
    for number in numbers:
        tale.queues(number)
    for number in numbers:
        tale.assigns(number)
    return tale


def merged_by_a_person(tale: Tale, number: int) -> Tale:
    tale.checked(number=number)
    tale.merges(number)
    return tale


def test_a_strangers_pull_request_stands_beside_the_issue_and_changes_nothing() -> None:
    tale = Tale(policy(ci={"required": "auto"}))
    tale.queues(1)
    tale.queues(2)
    before = list(tale.decided)
    tale.opens(70, "Fixes #1", user=VISITOR, author_association="NONE", draft=False)
    tale.checked("failure", 70)
    assert tale.decided == before
    workflow = tale.workflow(1)
    assert (workflow.open_candidates, workflow.beside) == ((), (70,))
    assert "others name this issue, which changes nothing: #70" in tale.placement(1).notes


@pytest.mark.parametrize("base", ["main", "develop"])
def test_the_keyword_of_copilots_own_is_evidence_on_any_base(base: str) -> None:
    tale = assigned(Tale(policy(copilot={"base_branch": base})), 1)
    tale.opens(50, "Fixes #1", base={"ref": base, "sha": "b" * 40})
    workflow = tale.workflow(1)
    assert (workflow.open_candidates, workflow.probable) == ((50,), False)


def test_one_that_fits_is_followed_and_merges_nothing() -> None:
    tale = assigned(Tale(), 1)
    tale.opens(50, "no keyword")
    tale.checked()
    tale.finishes()
    assert tale.kinds("mark_ready") == ["mark_ready"]
    tale.ready()
    tale.reviewed("approved", a_user("grace-keen"))
    assert tale.kinds("merge") == []
    placement = tale.placement()
    assert (placement.stage, placement.rule) == ("needs_human", "unconfirmed_link")
    assert placement.reason.startswith("did #50 work on this?")
    tale.answers("closing", 50, issues=[1])
    assert tale.kinds("merge") == ["merge"]


def test_the_merge_of_one_that_only_fits_finishes_nothing() -> None:
    tale = assigned(Tale(), 1)
    tale.opens(60, "Requested by a person from chat")
    merged_by_a_person(tale, 60)
    assert tale.placement().rule == "unconfirmed_link"
    assert tale.kinds("hand_to_person") == ["hand_to_person"]
    tale.answers("closing", 60, issues=[1])
    assert (tale.placement().stage, tale.placement().rule) == ("done", "merged")


def test_what_is_over_waits_for_nothing() -> None:
    tale = assigned(Tale(), 1)
    tale.opens(50, "no keyword")
    merged_by_a_person(tale, 50)
    tale.changes_issue("closed", 1, state="closed", state_reason="completed", closed_at=_at(tale))
    tale.queues(2)
    tale.assigns(2)
    tale.opens(51, "no keyword")
    workflow = tale.workflow(2)
    assert (workflow.open_candidates, workflow.probable) == ((51,), True)


def test_what_was_closed_by_hand_waits_for_nothing() -> None:
    tale = assigned(Tale(), 1)
    tale.changes_issue("closed", 1, state="closed", state_reason="not_planned", closed_at=_at(tale))
    tale.queues(2)
    tale.assigns(2)
    tale.opens(51, "no keyword")
    assert tale.workflow(2).open_candidates == (51,)


def test_where_two_issues_wait_one_without_a_keyword_is_nobodys() -> None:
    tale = assigned(Tale(), 1, 2)
    tale.opens(50, "no keyword")
    assert [tale.workflow(n).open_candidates for n in (1, 2)] == [(), ()]


@pytest.mark.parametrize("body", ["no keyword", "Fixes #1"])
def test_one_on_top_of_copilots_own_branch_is_nobodys(body: str) -> None:
    tale = assigned(Tale(), 1)
    tale.opens(50, "Fixes #1")
    tale.opens(51, body, base={"ref": "copilot/fix-17", "sha": "b" * 40})
    workflow = tale.workflow(1)
    assert workflow.open_candidates == (50,)


@pytest.mark.parametrize(
    "change",
    [{"base": {"ref": "elsewhere", "sha": "b" * 40}}, {"head": {"ref": "docs", "sha": "c" * 40}}],
    ids=["another base", "no branch of Copilot's"],
)
def test_one_that_does_not_fit_is_nobodys(change: dict[str, object]) -> None:
    tale = assigned(Tale(), 1)
    tale.opens(50, "no keyword", **change)
    assert tale.workflow(1).open_candidates == ()


def test_two_of_copilots_own_with_evidence_need_a_person() -> None:
    tale = assigned(Tale(), 1)
    tale.opens(50)
    tale.opens(51)
    placement = tale.placement()
    assert (placement.stage, placement.rule) == ("needs_human", "several_pull_requests")


def test_evidence_stands_before_what_only_fits() -> None:
    tale = assigned(Tale(), 1)
    tale.opens(50, "no keyword")
    tale.opens(51, "Fixes #1")
    assert tale.workflow(1).open_candidates == (51,)


def test_what_github_says_it_closes_is_evidence_without_a_keyword() -> None:
    tale = assigned(Tale(), 1, 2)
    tale.opens(50, "no keyword")
    tale.answers("closing", 50, issues=[2])
    assert tale.workflow(2).open_candidates == (50,)
    assert not tale.workflow(2).probable


def test_one_pull_request_has_one_round_of_decisions() -> None:
    tale = Tale(policy(queue={"max_active": 2}))
    tale.queues(1)
    tale.queues(2)
    tale.assigns(2)
    before = len(tale.decided)
    tale.opens(50, "Fixes #1\nFixes #2")
    tale.checked("failure")
    tale.finishes()
    assert tale.decided[before:] == [("ask_to_fix_ci", 2, 50)]
    led = tale.placement(1)
    assert (led.stage, led.rule) == ("in_progress", "led")
    assert "conducted with #2" in led.reason
    tale.merges()
    assert [tale.placement(n).stage for n in (1, 2)] == ["done", "done"]


def test_where_none_is_assigned_the_lowest_open_issue_leads() -> None:
    tale = Tale()
    tale.queues(3)
    tale.queues(4)
    tale.opens(50, "Fixes #4, fixes #3")
    assert [tale.workflow(n).leader for n in (3, 4)] == [3, 3]


def test_who_leads_next_does_not_ask_again_for_what_was_asked() -> None:
    tale = Tale(policy(queue={"max_active": 2}))
    tale.queues(1)
    tale.queues(2)
    tale.assigns(1)
    tale.opens(50, "Fixes #1\nFixes #2")
    tale.checked("failure")
    tale.finishes()
    tale.changes_issue("closed", 1, state="closed", state_reason="not_planned")
    assert tale.workflow(2).leader is None
    assert tale.kinds("ask_to_fix_ci") == ["ask_to_fix_ci"]


def test_a_shared_pull_request_takes_one_place() -> None:
    tale = Tale(policy(queue={"max_active": 2}))
    for number in (1, 2, 3):
        tale.queues(number)
    tale.assigns(1)
    tale.opens(50, "Fixes #1\nFixes #2")
    assert ("assign", 3, None) in tale.decided


def test_what_is_copilots_but_of_another_author_is_not() -> None:
    tale = assigned(Tale(), 1)
    tale.opens(50, "Fixes #1", user={**copilot_agent(), "id": 7})
    assert tale.workflow(1).open_candidates == ()


def _at(tale: Tale) -> str:
    return f"2026-11-02T{tale.minute // 60:02}:{tale.minute % 60:02}:00Z"
