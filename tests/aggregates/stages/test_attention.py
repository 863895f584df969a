"""Whom a workflow waits for, in one word, along its way."""

from aggregates.acting import ActingUser
from aggregates.lane import Lane
from aggregates.lane.ours import Handling, Pause
from aggregates.stages import WorkflowAttention, attention_of, place
from aggregates.workflow import workflow_of
from events.catalogue import Mode
from tests.aggregates.builders import (
    ISSUE,
    a_lane,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    circumstances_with,
    minute,
)
from tests.aggregates.decisions.tales import GRACE, POLICY, Tale

WAITS = a_lane(issue=an_issue_seen())
RUNS = a_lane(issue=an_assigned_issue(), assignments={ISSUE: an_assignment(at=1)})
ACTING = ActingUser(1, "the-acting-user")
PAUSE = Pause(1, "a release")


def word(
    lane: Lane,
    *,
    mode: Mode = "live",
    paused: Pause | None = None,
    acting_user: ActingUser | None = ACTING,
) -> WorkflowAttention:
    held = circumstances_with(mode=mode, paused=paused, acting_user=acting_user)
    workflow = workflow_of(lane, held, ISSUE)
    assert workflow is not None
    return attention_of(workflow, place(workflow))


def of(tale: Tale) -> WorkflowAttention:
    return attention_of(tale.workflow(1), tale.placement(1))


def test_along_its_way_it_waits_runs_needs_a_person_and_is_over() -> None:
    tale = Tale({**POLICY, "merge": {"automatic": False}})
    tale.queues()
    assert of(tale) == "waiting"
    tale.assigns()
    tale.opens(50)
    tale.checked()
    assert of(tale) == "running"
    tale.finishes()
    assert of(tale) == "needs_human"  # to mark the draft ready, in shadow mode
    tale.ready()
    assert of(tale) == "needs_human"  # to approve it
    tale.reviewed("approved", GRACE)
    assert of(tale) == "needs_human"  # to merge it
    tale.merges()
    assert of(tale) == "over"


def test_what_merges_by_itself_needs_nobody_where_something_is_done() -> None:
    words = []
    for mode in ("shadow", "live"):
        tale = Tale({**POLICY, "mode": mode})
        tale.queues()
        tale.assigns()
        tale.opens(50)
        tale.checked()
        tale.finishes()
        tale.ready()
        tale.reviewed("approved", GRACE)
        words.append(of(tale))
    assert words == ["needs_human", "running"]


def test_what_nothing_is_decided_about_is_stuck() -> None:
    for lane, free in ((WAITS, "waiting"), (RUNS, "running")):
        assert word(lane) == free
        assert word(lane, paused=PAUSE) == "stuck"
        assert word(lane, mode="off") == "stuck"
        assert word(lane, acting_user=None) == "stuck"
        assert word(lane, mode="shadow", acting_user=None) == free


def test_whoever_took_it_over_has_the_next_step_even_in_a_pause() -> None:
    taken = a_lane(issue=an_issue_seen(), handling=Handling(taken_over=True, resumed_at=minute(1)))
    assert word(taken) == word(taken, paused=PAUSE) == "needs_human"
