"""Folding a lane from a history, without any database."""

from collections.abc import Iterable
from dataclasses import replace

from aggregates.lane import Lane, Subjects, Touched, evolve, initial_state
from aggregates.stages import place
from aggregates.surroundings import Surroundings, circumstances
from aggregates.workflow import workflow_of
from events.envelope import NewEvent
from projections.engine.runner import read_event
from projections.lanes.packing import StoredLane, packed, packed_subject, touched_subjects, unpacked
from tests.projections.builders import placed


def folded(repository_id: int, history: Iterable[NewEvent]) -> Lane:
    """The lane of one repository after a history."""
    lane = initial_state(repository_id)
    for position, new in enumerate(history, start=1):
        read = read_event(placed(new, position))
        lane = evolve(lane, read.event, read.facts)
    return lane


def stages(lane: Lane, scope: Surroundings | None = None) -> dict[int, tuple[str, str]]:
    """The stage and the rule of every issue that is a workflow."""
    around = circumstances(lane, scope or Surroundings())
    numbers = lane.numbers
    found = {number: workflow_of(lane, around, number) for number in sorted(numbers)}
    placed_at = {number: place(workflow) for number, workflow in found.items() if workflow}
    return {number: (str(each.stage), each.rule) for number, each in placed_at.items()}


def seen(lane: Lane) -> tuple[object, ...]:
    """What GitHub was seen to say, without when we heard of it."""
    return (
        lane.repository,
        {
            n: replace(i, heard=None, heard_assigned=None, heard_sub_issues=None)
            for n, i in lane.issues.items()
        },
        {
            n: replace(p, heard=None, heard_reviews=None, heard_base=None, heard_failure=None)
            for n, p in lane.pull_requests.items()
        },
        {sha: replace(commit, heard=None) for sha, commit in lane.commits.items()},
    )


def restored(lane: Lane) -> Lane:
    """The lane once it was stored and read back."""
    whole = Touched(
        subjects=Subjects(
            frozenset(lane.issues), frozenset(lane.pull_requests), frozenset(lane.commits)
        ),
        handlings=frozenset(lane.ours.handlings),
    )
    rows = [packed_subject(lane, subject, 1) for subject in touched_subjects(None, lane, whole)]
    return unpacked(packed(StoredLane(lane)), [row for row in rows if row is not None]).lane
