"""Where Agent Merge is on nobody is asked, by policy it is switched on, and caps hold as ever."""

from typing import Literal, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions import decide, relevance
from aggregates.decisions.explaining import decisions_explained
from aggregates.decisions.relevance import Passed, Wanted
from aggregates.lane.ours import Asked
from aggregates.workflow.agent_merge import heads_left
from events.catalogue import (
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    Json,
    WorkflowReleased,
    WorkflowTakenOver,
)
from simulator.payloads import Payload, a_check_run
from tests.aggregates.decisions.tales import Tale, policy
from tests.aggregates.decisions.test_failure_told import FIX, a_failing, tells
from tests.projections.builders import at
from tests.worlds.examples import SOME

ON, OFF, RESOLVE = "enable_agent_merge", "disable_agent_merge", "ask_to_resolve_conflicts"
HAND = "hand_to_person"
ASKED = (FIX, RESOLVE, ON, OFF)

Answer: TypeAlias = bool | Literal["silent"] | None


def a_tale(mend: str = "comment", **sections: dict[str, Json]) -> Tale:
    return Tale({**policy(**sections), "mode": "live", "mend": mend}, has_app=True)


def failing(tale: Tale, *, on: Answer) -> Tale:
    """A check failed of which GitHub told; then it answers whether Agent Merge is on."""
    tale.agent_merge = "silent"
    a_failing(tale)
    tells(tale)
    return answering(tale, on=on)


def answering(tale: Tale, *, on: Answer) -> Tale:
    """GitHub answers from here on whether it is on."""
    tale.agent_merge = on
    tale.goes_on()
    return tale


def pushes(tale: Tale, head: str, *, may_merge: bool = True) -> None:
    """Copilot pushes another head."""
    tale.changes_pull("synchronize", head={**tale.pull()["head"], "sha": head * 40})
    tale.can_merge(may=may_merge)


def fails_again(tale: Tale, head: str) -> None:
    """Copilot pushes another head, which fails as well."""
    pushes(tale, head)
    tale.checked("failure")
    tells(tale)


def newest(tale: Tale, kind: str) -> Asked:
    asked = tale.lane.ours.handlings[1].asked
    return [each for each in asked if each.kind == kind][-1]


def ended(tale: Tale, kind: str, **answer: Json) -> None:
    """Let GitHub take the newest action of a kind."""
    action_id = newest(tale, kind).id
    tale.say(ActionSucceeded(action_id=action_id, issue_number=1, answer=answer))


def refused(tale: Tale, kind: str) -> None:
    action_id = newest(tale, kind).id
    tale.say(ActionFailed(action_id=action_id, issue_number=1, error="Not Found"))


def why(tale: Tale, kind: str) -> str:
    """Why something is decided or not."""
    every = decisions_explained(tale.lane, tale.around, tale.workflow(), tale.placement())
    [found] = [each for each in every if each.kind == kind]
    return found.why


def asks(tale: Tale) -> list[bool]:
    return [each.waits for each in tale.questions() if each.kind == "agent_merge"]


def test_it_is_asked_before_copilot_is_and_that_waits_for_the_answer() -> None:
    tale = failing(a_tale(), on="silent")
    assert (asks(tale), tale.kinds(*ASKED)) == ([True], [])
    assert why(tale, FIX) == "GitHub is being asked whether Agent Merge is on"
    assert ("github", "whether Agent Merge is on") in [
        (wait.kind, wait.what) for wait in tale.placement().waits
    ]
    answering(tale, on=False)
    assert (asks(tale), tale.kinds(*ASKED)) == ([], [FIX])


@pytest.mark.parametrize("tale", [Tale(), a_tale("off")], ids=["nobody to ask", "off"])
def test_it_is_not_asked_where_no_decision_hangs_on_it(tale: Tale) -> None:
    tale.agent_merge = "silent"
    assert asks(a_failing(tale)) == []


def test_while_nothing_is_to_be_mended_nothing_is_asked() -> None:
    tale = a_tale()
    tale.agent_merge = "silent"
    assert asks(a_failing(tale, "success")) == []


@pytest.mark.parametrize("mend", ["comment", "agent_merge"])
def test_where_it_is_on_nobody_is_asked_and_copilot_is_waited_for(mend: str) -> None:
    tale = failing(a_tale(mend), on=True)
    assert tale.kinds(*ASKED) == []
    assert why(tale, FIX) == "Agent Merge is on, so that Copilot mends by itself"
    assert "Agent Merge is on, so that Copilot is to mend them by itself" in tale.placement().reason
    assert "no_progress" in [kind for kind, _ in tale.waits()]


def test_each_head_that_is_left_to_it_is_a_round_until_a_person_has_it() -> None:
    tale = failing(a_tale(ci={"max_attempts": 2}), on=True)
    fails_again(tale, "b")
    assert tale.placement().rule == "ci_failed"
    fails_again(tale, "c")
    assert (tale.placement().rule, tale.kinds(*ASKED, HAND)) == ("ci_attempts_used_up", [HAND])
    assert tale.placement().reason.endswith("; 2 heads were left to Agent Merge")
    assert asks(tale) == []
    tale.retries()
    assert (tale.placement().rule, tale.kinds(*ASKED)) == ("ci_failed", [])


def test_rounds_by_comment_and_by_agent_merge_count_against_one_cap() -> None:
    tale = failing(a_tale(ci={"max_attempts": 2}), on=False)
    tale.agent_merge = True
    fails_again(tale, "b")
    assert tale.kinds(*ASKED) == [FIX]
    fails_again(tale, "c")
    assert (tale.placement().rule, tale.kinds(*ASKED)) == ("ci_attempts_used_up", [FIX])
    both = "Copilot was asked once to mend checks and 1 head was left to Agent Merge"
    assert tale.placement().reason.endswith(f"; {both}")


@pytest.mark.parametrize("on", [True, False])
def test_heads_that_are_left_to_it_use_up_what_an_issue_may_cost(*, on: bool) -> None:
    tale = a_tale(ci={"max_attempts": 9}, budget={"rounds_per_issue": 2})
    failing(tale, on=on)
    tale.agent_merge = True
    fails_again(tale, "b")
    assert tale.placement().rule == "ci_failed"
    fails_again(tale, "c")
    asked = [] if on else [FIX]
    assert (tale.placement().rule, tale.kinds(*ASKED, HAND)) == ("budget_used_up", [*asked, HAND])
    assert "was asked 2 times for this issue" in tale.placement().reason


def test_a_conflict_is_left_to_it_likewise() -> None:
    tale = a_tale(conflicts={"max_attempts": 1})
    tale.agent_merge = True
    a_failing(tale, "success")
    tale.can_merge(may=False)
    assert (tale.placement().rule, tale.kinds(*ASKED)) == ("conflicted", [])
    assert "Agent Merge is on" in tale.placement().reason
    pushes(tale, "b", may_merge=False)
    assert tale.placement().rule == "conflict_attempts_used_up"


def test_by_policy_it_is_switched_on_once_for_a_head_and_nobody_is_asked() -> None:
    tale = failing(a_tale("agent_merge"), on=False)
    assert tale.kinds(*ASKED) == [ON]
    [decision] = [each for each in tale.decisions if each.kind == ON]
    assert (decision.pull_request_number, decision.token) == (50, f"checks:{decision.head_sha}")
    ended(tale, ON)
    assert tale.kinds(*ASKED) == [ON]
    tale.agent_merge = True
    fails_again(tale, "b")
    assert tale.kinds(*ASKED) == [ON]


@pytest.mark.parametrize("on", [None, "refused"])
def test_where_github_knows_none_or_refuses_it_copilot_is_asked(on: str | None) -> None:
    tale = failing(a_tale("agent_merge"), on=None if on is None else False)
    if on is not None:
        refused(tale, ON)
    assert tale.kinds(*ASKED) == [FIX] if on is None else [ON, FIX]
    assert tale.placement().rule == "ci_failed"


def test_what_a_person_switched_off_stays_off() -> None:
    tale = failing(a_tale("agent_merge"), on=False)
    ended(tale, ON)
    pushes(tale, "b")
    tale.checked("failure")  # GitHub says that it is off, which was not us
    assert why(tale, ON) == "a person switched it off"
    tells(tale)
    assert tale.kinds(*ASKED) == [ON, FIX]


def test_a_flaky_check_is_run_again_before_it_is_switched_on() -> None:
    tale = a_tale("agent_merge", ci={"flaky": "rerun_once"})
    tale.agent_merge = False
    a_failing(tale)
    tells(tale, history={"failed": 7, "of": 50}, run_id=9, attempt=1)
    assert tale.kinds("rerun_failed_jobs", *ASKED) == ["rerun_failed_jobs"]
    action_id = newest(tale, "rerun_failed_jobs").id
    tale.say(ActionFailed(action_id=action_id, issue_number=1, error="no"))
    assert tale.kinds("rerun_failed_jobs", *ASKED) == ["rerun_failed_jobs", ON]


def test_what_we_switched_on_is_switched_off_once_a_person_has_the_work() -> None:
    tale = failing(a_tale("agent_merge", ci={"max_attempts": 1}), on=False)
    ended(tale, ON)
    tale.agent_merge = True
    assert tale.kinds(OFF) == []
    fails_again(tale, "b")
    assert (tale.placement().stage, tale.kinds(OFF)) == ("needs_human", [OFF])
    ended(tale, OFF)
    tale.commented("what now?", {"id": 7, "login": "x", "type": "User"}, "NONE")
    assert tale.kinds(OFF) == [OFF]


def test_a_person_who_takes_over_is_left_alone_by_what_we_switched_on() -> None:
    tale = failing(a_tale("agent_merge"), on=False)
    ended(tale, ON)
    tale.say(WorkflowTakenOver(issue_number=1))
    assert tale.kinds(OFF) == [OFF]
    stands = relevance(tale.lane, tale.around, newest(tale, OFF).id, requested_of(tale, OFF))
    assert stands == Wanted()
    ended(tale, OFF)
    assert decide(tale.lane, tale.around) == ()
    tale.agent_merge = False
    tale.say(WorkflowReleased(issue_number=1))
    assert tale.kinds(ON, FIX) == [ON, FIX]  # once a head it is switched on


def test_it_is_switched_off_with_whichever_issue_its_pull_request_is_conducted_by_then() -> None:
    """Of several issues the first may be closed meanwhile, though we switched it on with that."""
    tale = a_tale("agent_merge")
    tale.agent_merge = "silent"
    for issue in (1, 2):
        tale.queues(issue)
    tale.assigns()
    tale.opens(body="Fixes #1, fixes #2")
    tale.checked("failure")
    tale.finishes()
    tells(tale)
    answering(tale, on=False)
    ended(tale, ON)
    tale.changes_issue("closed", 1, state="closed", closed_at=tale.now())
    tale.say(WorkflowTakenOver(issue_number=2, reason="mine"))
    assert tale.decided[-1] == (OFF, 2, 50)
    asked = [each for each in tale.lane.handling(2).asked if each.kind == OFF][-1]
    tale.say(ActionSucceeded(action_id=asked.id, issue_number=2))
    assert tale.kinds(OFF) == [OFF]


def test_what_a_person_switched_on_is_theirs() -> None:
    tale = failing(a_tale("agent_merge"), on=False)
    ended(tale, ON, already=True)
    tale.say(WorkflowTakenOver(issue_number=1))
    assert tale.kinds(OFF) == []


def test_a_request_that_nobody_began_is_called_off_when_a_person_takes_over() -> None:
    tale = failing(a_tale("agent_merge"), on=False)
    asked, action = newest(tale, ON).id, requested_of(tale, ON)
    assert relevance(tale.lane, tale.around, asked, action) == Wanted()
    tale.say(WorkflowTakenOver(issue_number=1))
    assert isinstance(relevance(tale.lane, tale.around, asked, action), Passed)


def test_off_asks_nobody_and_a_person_mends() -> None:
    tale = failing(a_tale("off"), on="silent")
    assert tale.kinds(*ASKED) == []
    assert why(tale, FIX) == "nobody is asked to mend here, a person does"
    assert ("person", "to mend the checks") in [
        (wait.kind, wait.what) for wait in tale.placement().waits
    ]
    tale.can_merge(may=False)
    assert (tale.placement().rule, tale.kinds(*ASKED)) == ("conflicted", [])
    assert why(tale, RESOLVE) == "nobody is asked to mend here, a person does"


def test_nothing_is_switched_on_beyond_a_budget() -> None:
    tale = failing(a_tale("agent_merge", budget={"sessions_per_day": 1}), on=False)
    assert tale.kinds("assign", *ASKED) == ["assign"]
    tale.time_passes("budget_day")
    assert tale.kinds("assign", *ASKED) == ["assign", ON]


def requested_of(tale: Tale, kind: str) -> ActionRequested:
    [decision] = [each for each in tale.decisions if each.kind == kind]
    return ActionRequested(
        kind=decision.kind,
        mode="live",
        issue_number=decision.issue_number,
        pull_request_number=decision.pull_request_number,
        head_sha=decision.head_sha,
        generation=0,
        token=decision.token,
        reason=decision.reason,
    )


HEADS = 5
_ANSWERS: list[Answer] = ["silent", None, True, False]


@SOME
@given(
    order=st.permutations(range(2 * HEADS)),
    answers=st.lists(st.sampled_from(_ANSWERS), min_size=2 * HEADS, max_size=2 * HEADS),
    taken=st.booleans(),
    mend=st.sampled_from(["comment", "agent_merge"]),
    most=st.integers(0, 3),
)
def test_caps_hold_for_any_order_of_deliveries_and_any_answers(
    *, order: list[int], answers: list[Answer], taken: bool, mend: str, most: int
) -> None:
    tale = a_tale(mend, ci={"max_attempts": most})
    tale.agent_merge = "silent"
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.finishes()
    begun = {**tale.pull()}
    for place, answer in zip(order, answers, strict=True):
        tale.agent_merge = answer
        deliver(tale, begun, place)
        what_stands_is_told(tale)
        if taken and tale.kinds(ON) and newest(tale, ON).outcome == "requested":
            ended(tale, ON)
        elif tale.kinds(ON) and newest(tale, ON).outcome == "requested":
            refused(tale, ON)
        workflow = tale.workflow()
        asked = [each.head_sha for each in workflow.asked(FIX)]
        assert len(asked) + len(heads_left(workflow, "checks")) <= most
        assert len(set(asked)) == len(asked)
        assert heads_left(workflow, "checks").isdisjoint(asked)


def deliver(tale: Tale, begun: Payload, place: int) -> None:
    """One of the deliveries: a head was pushed, or its check failed."""
    head = chr(ord("b") + place // 2) * 40
    if place % 2:
        run = a_check_run("test", repository=tale.repository, head_sha=head, conclusion="failure")
        tale.delivers("check_run", "completed", check_run=run)
    else:
        pushed = {**begun, "head": {**begun["head"], "sha": head}, "updated_at": at(200 + place)}
        tale.delivers("pull_request", "synchronize", pull_request=pushed)


def what_stands_is_told(tale: Tale) -> None:
    """Let GitHub tell how checks failed, if that is waited for."""
    if any(each.kind == "failure" and each.waits for each in tale.questions()):
        tells(tale)
