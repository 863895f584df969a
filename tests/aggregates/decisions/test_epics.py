"""An issue with sub-issues is a queue, where the policy says so: of its parts, in its order."""

from dataclasses import replace

import pytest

from aggregates.decisions import decide
from aggregates.decisions.explaining import decisions_explained
from aggregates.lane import Heard, Lane
from aggregates.lane.ours import Handling
from aggregates.stages import Placement, place
from aggregates.surroundings import Surroundings, circumstances
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.questions import Question, questions_of
from events.github import IssueSeen, SubIssue, SubIssuesSeen
from events.github.names import COPILOT_AGENT_ID
from tests.aggregates.builders import (
    PULL,
    a_dependency,
    a_lane,
    a_pull_request_seen,
    an_asked,
    an_issue_seen,
    having_heard,
    linking,
    minute,
    parted,
    seeing,
)
from tests.aggregates.decisions.conducted import USER, conducted

EPIC = 1
ASKED = replace(USER, has_app=True)


def a_part(number: int, **changes: object) -> IssueSeen:
    """An open issue without a label."""
    return an_issue_seen(number, **{"labels": (), "created_at": minute(number), **changes})


def an_epic_seen(number: int = EPIC, *, parts: int = 3, **changes: object) -> IssueSeen:
    return an_issue_seen(
        number, **{"sub_issues_total": parts, "created_at": minute(number), **changes}
    )


def a_queue(*issues: IssueSeen, answer: SubIssuesSeen | None = None, epics: bool = True) -> Lane:
    """An epic of the parts 4, 2 and 3, and other issues; or its parts as given."""
    parts = {number: a_part(number) for number in (2, 3, 4)}
    seen = {EPIC: an_epic_seen(), **parts, **{issue.number: issue for issue in issues}}
    told = answer or parted(4, 2, 3)
    lane = a_lane(issues=seen, sub_issues={told.number: told})
    return conducted(lane, queue={"epics": epics, "max_active": 20})


def workflow(lane: Lane, number: int, around: Surroundings = ASKED) -> Workflow:
    found = workflow_of(lane, circumstances(lane, around), number)
    assert found is not None
    return found


def placed(lane: Lane, number: int = EPIC, around: Surroundings = ASKED) -> Placement:
    return place(workflow(lane, number, around))


def started(lane: Lane) -> list[int]:
    return [each.issue_number for each in decide(lane, ASKED) if each.kind == "assign"]


def asked_of_parts(lane: Lane, number: int = EPIC, around: Surroundings = ASKED) -> list[Question]:
    every = questions_of(workflow(lane, number, around))
    return [each for each in every if each.kind == "sub_issues"]


def handled(lane: Lane, number: int, handling: Handling) -> Lane:
    return replace(lane, ours=replace(lane.ours, handlings={number: handling}))


def test_the_open_parts_are_started_in_the_epics_order_and_never_the_epic() -> None:
    assert started(a_queue()) == [4, 2, 3]
    assert started(a_queue(a_part(2, state="closed"))) == [4, 3]


def test_where_the_policy_says_nothing_it_is_an_issue_like_any_other() -> None:
    assert started(a_queue(epics=False)) == [EPIC]


def test_the_parts_stand_where_their_epic_does() -> None:
    before = an_issue_seen(5, created_at=minute(0))
    behind = an_issue_seen(6, created_at=minute(9))
    assert started(a_queue(before, behind)) == [5, 4, 2, 3, 6]
    ordered = a_queue(before, behind)
    ordered = replace(ordered, ours=replace(ordered.ours, order=(6, EPIC, 5)))
    assert started(ordered) == [6, 4, 2, 3, 5]


def test_what_an_operator_put_in_order_comes_before_the_epics_order() -> None:
    lane = a_queue()
    assert started(replace(lane, ours=replace(lane.ours, order=(3,)))) == [3, 4, 2]


def test_a_part_with_a_label_of_its_own_stands_in_the_epics_order_too() -> None:
    assert started(a_queue(an_issue_seen(2, created_at=minute(-9)))) == [4, 2, 3]


def test_an_epic_says_how_far_it_is_and_waits_for_its_open_parts_in_order() -> None:
    placement = placed(a_queue(a_part(2, state="closed")))
    assert (placement.stage, placement.rule) == ("blocked", "epic")
    assert placement.reason == "an epic: 1 of 3 finished"
    assert [wait.what for wait in placement.waits] == ["#4", "#3"]


def test_an_epic_in_an_epic_queues_its_parts_in_its_place() -> None:
    lane = a_queue(a_part(2, sub_issues_total=2), a_part(7), a_part(8))
    lane = seeing(lane, sub_issues={EPIC: parted(4, 2, 3), 2: parted(8, 7, epic=2)})
    assert started(lane) == [4, 8, 7, 3]
    assert placed(lane, 2).reason == "an epic: 0 of 2 finished"


def test_parts_in_a_circle_end_nothing_and_queue_what_is_queued() -> None:
    lane = a_queue(a_part(2, sub_issues_total=1))
    lane = seeing(lane, sub_issues={EPIC: parted(EPIC, 2), 2: parted(EPIC, epic=2)})
    assert started(lane) == []
    assert placed(lane, 2).rule == "epic"
    both = seeing(lane, issues={EPIC: an_epic_seen(), 2: an_epic_seen(2)})
    assert (started(both), placed(both).rule, placed(both, 2).rule) == ([], "epic", "epic")


def test_parts_of_another_repository_are_shown_and_waited_for_and_not_queued() -> None:
    answer = parted(2)
    away = SubIssue(repository_id=99, number=3)
    lane = a_queue(answer=replace(answer, parts=(away, *answer.parts)))
    assert started(lane) == [2]
    assert [wait.what for wait in placed(lane).waits] == ["#2", "issue 99#3"]
    done = replace(away, closed=True)
    ended = a_queue(a_part(2, state="closed"), answer=replace(answer, parts=(done, *answer.parts)))
    assert placed(ended).rule == "epic"  # GitHub counts a third one, which nobody may see
    assert placed(ended).reason == "an epic: 2 of 3 finished"


@pytest.mark.parametrize(
    "epic",
    [
        an_epic_seen(state="closed", state_reason="completed"),
        an_epic_seen(labels=()),
        an_epic_seen(deleted=True),
        an_epic_seen(assignee_ids=(COPILOT_AGENT_ID,)),
    ],
    ids=["closed", "not queued", "deleted", "Copilot's"],
)
def test_the_parts_of_what_is_no_epic_in_the_queue_are_not_queued(epic: IssueSeen) -> None:
    assert started(a_queue(epic)) == []


@pytest.mark.parametrize("handling", [Handling(skipped=True), Handling(taken_over=True)])
def test_the_parts_of_an_epic_that_a_person_took_out_are_not_queued(handling: Handling) -> None:
    assert started(handled(a_queue(), EPIC, handling)) == []


def test_what_copilot_was_asked_to_start_is_work_and_no_epic() -> None:
    lane = handled(a_queue(), EPIC, Handling(asked=(an_asked("assign", token="0"),)))
    assert (started(lane), workflow(lane, EPIC).is_epic) == ([], False)


def test_before_github_told_of_them_neither_the_epic_nor_its_parts_are_started() -> None:
    lane = seeing(a_queue(), sub_issues={})
    assert started(lane) == []
    assert placed(lane).reason == "an epic: 0 of 3 finished; GitHub is being asked for them"
    [question] = asked_of_parts(lane)
    assert (question.waits, question.issue_number) == (True, EPIC)
    assert asked_of_parts(lane, around=USER) == []  # there is no App
    assert "there is no App" in placed(lane, around=USER).reason


def test_once_a_change_is_heard_of_parts_wait_for_the_answer_that_is_newer() -> None:
    lane = having_heard(a_queue(), {f"sub_issues:{EPIC}": Heard(60, minute(3))})
    assert started(lane) == []
    assert placed(lane, 4).reason == (
        f"waiting for its epic #{EPIC}, of whose sub-issues GitHub is being asked"
    )
    [question] = asked_of_parts(lane)
    assert (question.waits, question.stamp) == (True, 60)
    answered = seeing(lane, sub_issues={EPIC: parted(3, 4, at=4)})
    assert started(answered) == [3, 4]
    assert [each.waits for each in asked_of_parts(answered)] == [False]


def test_an_issue_of_which_no_part_is_left_is_work_again() -> None:
    lane = a_queue(an_epic_seen(parts=0), answer=parted())
    assert started(lane) == [EPIC]
    assert asked_of_parts(lane) == []


def test_what_blocks_an_epic_keeps_its_parts_waiting() -> None:
    blocked = a_queue(an_issue_seen(5, state="open", labels=()))
    blocked = seeing(blocked, dependencies={EPIC: {f"{7}#5": a_dependency(5)}})
    assert started(blocked) == []
    assert placed(blocked).reason == "an epic: 0 of 3 finished; blocked by #5"
    assert placed(blocked, 2).reason == f"waiting for its epic #{EPIC}, which is blocked itself"
    heedless = conducted(blocked, queue={"epics": True, "dependencies": False})
    assert started(heedless) == [4]


def test_once_all_parts_are_finished_a_person_is_told_once_and_nothing_else_happens() -> None:
    ended = a_queue(*(a_part(number, state="closed") for number in (2, 3, 4)))
    placement = placed(ended)
    assert (placement.stage, placement.rule) == ("needs_human", "epic_finished")
    assert placement.reason == "an epic: all of its 3 sub-issues are finished"
    [decision] = decide(ended, ASKED)
    assert (decision.kind, decision.token) == ("hand_to_person", "epic_finished:3")
    told = handled(ended, EPIC, Handling(asked=(an_asked("hand_to_person", token=decision.token),)))
    assert decide(told, ASKED) == ()


def test_it_is_told_of_no_end_while_github_is_asked_anew() -> None:
    ended = a_queue(*(a_part(number, state="closed") for number in (2, 3, 4)))
    heard = having_heard(ended, {f"sub_issues:{EPIC}": Heard(60, minute(9))})
    assert (placed(heard).rule, decide(heard, ASKED)) == ("epic", ())


def test_an_epic_that_a_person_is_needed_for_goes_on_with_what_is_added() -> None:
    label = an_asked("set_label", token="status:needs_human:0")
    lane = a_queue(an_epic_seen(labels=("status:needs_human",)))
    assert started(lane) == []  # a person's label
    assert started(handled(lane, EPIC, Handling(asked=(label,)))) == [4, 2, 3]


def test_only_parts_with_a_place_of_their_own_are_labelled_while_they_wait() -> None:
    lane = conducted(a_queue(an_issue_seen(2)), queue={"epics": True}, labels={"sync": True})
    labels = {
        each.issue_number: each.parameters["label"]
        for each in decide(lane, ASKED)
        if each.kind == "set_label"
    }
    assert labels == {EPIC: "status:blocked"}
    assert workflow(lane, 3).queued
    [why] = [
        each.why
        for each in decisions_explained(lane, ASKED, workflow(lane, 3), placed(lane, 3))
        if each.kind == "set_label"
    ]
    assert why.startswith(f"the label of #{EPIC} queues it")


def test_a_part_that_was_taken_out_of_its_epic_leaves_the_queue() -> None:
    lane = a_queue(answer=parted(4, 3))
    assert started(lane) == [4, 3]
    assert workflow_of(lane, circumstances(lane, ASKED), 2) is None


def test_a_part_that_moved_is_in_the_epic_that_listed_it_last() -> None:
    other = an_epic_seen(9, parts=1, created_at=minute(0))
    lane = seeing(a_queue(other), sub_issues={EPIC: parted(4, 2, 3), 9: parted(3, epic=9, at=5)})
    assert started(lane) == [3, 4, 2]


def test_a_part_that_copilot_works_on_is_conducted_like_any_issue() -> None:
    lane = a_queue(a_part(2, assignee_ids=(COPILOT_AGENT_ID,)))
    lane = linking(seeing(lane, pull_requests={PULL: a_pull_request_seen()}), {2: (PULL,)})
    assert placed(lane, 2).stage == "draft"
    assert conducted(lane, queue={"epics": True}) is not None
    assert started(conducted(lane, queue={"epics": True})) == []  # it takes the one place


def test_parts_that_were_closed_are_shown_as_finished_work_of_ours() -> None:
    lane = a_queue(a_part(2, state="closed", state_reason="completed"))
    assert placed(lane, 2).stage == "done"
