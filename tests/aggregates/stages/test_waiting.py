"""Without a pull request: in progress, blocked, or in the queue."""

from dataclasses import replace
from typing import Any

import pytest

from aggregates.acting import ActingUser
from aggregates.lane import Lane
from aggregates.lane.ours import Handling, Pause
from aggregates.policy import Policy, QueuePolicy
from aggregates.stages import Placement, Stage, Wait, place
from aggregates.stages.placement import notes
from events.catalogue import Mode
from tests.aggregates.builders import (
    ISSUE,
    PULL,
    REPOSITORY,
    a_dependency,
    a_lane,
    a_pull_request_seen,
    a_workflow,
    an_asked,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
)

BLOCKED = a_lane(issue=an_issue_seen(), dependencies={ISSUE: {f"{REPOSITORY}#3": a_dependency(3)}})


def placed(lane: Lane, policy: Policy | None = None, *, mode: Mode = "live") -> Placement:
    return place(a_workflow(lane, policy, mode=mode))


def test_assigned_without_a_pull_request_it_is_in_progress_since_then() -> None:
    placement = placed(a_lane(issue=an_assigned_issue(), assignments={ISSUE: an_assignment(at=1)}))
    assert placement.stage == Stage.IN_PROGRESS
    assert placement.reason == "Copilot has been working on the issue since 2026-05-01T12:01:00Z"
    assert placement.waits == (Wait("copilot", "to open a pull request"),)


def test_a_blocked_issue_that_is_assigned_is_in_progress() -> None:
    lane = a_lane(
        issue=an_assigned_issue(), dependencies={ISSUE: BLOCKED.issue(ISSUE).dependencies}
    )
    assert placed(lane).stage == Stage.IN_PROGRESS


def test_an_open_dependency_blocks_and_is_named() -> None:
    placement = placed(BLOCKED)
    assert (placement.stage, placement.reason) == (Stage.BLOCKED, "blocked by #3")
    assert placement.waits == (Wait("issue", "#3"),)


def test_a_dependency_blocks_only_if_the_policy_says_so() -> None:
    assert placed(BLOCKED, Policy(queue=QueuePolicy(dependencies=False))).stage == Stage.QUEUED


def test_asked_for_copilot_is_to_start() -> None:
    handling = Handling(asked=(an_asked("assign", token="0"),))
    placement = placed(a_lane(issue=an_issue_seen(), handling=handling))
    assert placement.stage == Stage.QUEUED
    assert placement.reason == (
        "waiting for Copilot to start: asked to be assigned at 2026-05-01T12:04:00Z"
    )
    assert placement.waits == (Wait("copilot", "to start"),)


def test_in_shadow_mode_nobody_was_asked() -> None:
    handling = Handling(asked=(an_asked("assign", token="0", mode="shadow", outcome="requested"),))
    placement = placed(a_lane(issue=an_issue_seen(), handling=handling), mode="shadow")
    assert placement.reason.startswith("it would have been assigned to Copilot")
    assert [wait.kind for wait in placement.waits] == ["person"]


def test_an_issue_that_github_has_not_told_of_is_queued() -> None:
    placement = placed(a_lane(handling=Handling(enqueued=True)))
    assert (placement.stage, placement.waits[0].kind) == (Stage.QUEUED, "turn")


@pytest.mark.parametrize(
    ("held", "kind", "reason"),
    [
        ({}, "person", "nobody can assign Copilot, since there is no acting user"),
        ({"set_user": ActingUser(1, "octo")}, "turn", "waiting for its turn in the lane"),
        ({"mode": "shadow"}, "turn", "waiting for its turn in the lane"),
        ({"mode": "off"}, "person", "nothing is decided, since the mode is off"),
        (
            {"mode": "shadow", "paused": Pause(1, "a release"), "paused_where": "lane"},
            "person",
            "waiting for the end of a pause",
        ),
    ],
)
def test_in_the_queue_it_says_what_keeps_everything_from_starting(
    held: dict[str, Any], kind: str, reason: str
) -> None:
    workflow = a_workflow(a_lane(issue=an_issue_seen()))
    around = replace(workflow.circumstances, **held)
    placement = place(replace(workflow, circumstances=around))
    assert (placement.stage, placement.rule) == (Stage.QUEUED, "queued")
    assert (placement.waits[0].kind, placement.reason) == (kind, reason)


def test_notes_say_of_what_nobody_knows_which_version_is_the_newest() -> None:
    pull = a_pull_request_seen(uncertain=True)
    lane = a_lane(pull, issue=an_assigned_issue(uncertain=True))
    said = notes(a_workflow(lane, mode="shadow"))
    assert [note.partition(" is like")[0] for note in said] == [
        "what the issue",
        f"what pull request #{PULL}",
    ]


def test_notes_say_what_keeps_us_from_acting() -> None:
    workflow = a_workflow(a_lane(issue=an_issue_seen()))
    held = workflow.circumstances
    pause = Pause(1, "of a release")
    acting = ActingUser(1, "octo")
    for circumstances, expected in (
        (held, ("no acting user",)),
        (replace(held, set_user=acting), ()),
        (replace(held, mode="shadow"), ()),
        (replace(held, mode="off"), ("nothing is decided: mode is off",)),
        (
            replace(held, mode="shadow", paused=pause, paused_where="lane"),
            ("the lane is paused because of a release",),
        ),
        (
            replace(held, mode="shadow", paused=Pause(1, ""), paused_where="everything"),
            ("everything is paused",),
        ),
    ):
        changed = replace(workflow, circumstances=circumstances)
        assert notes(changed) == expected
        assert place(changed).notes == expected
