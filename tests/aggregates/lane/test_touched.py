"""An event is followed to what it concerns, and to nothing else, and nothing is forgotten by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions import resurveyed, surveyed
from aggregates.lane import Folded, Lane, assembled, fold, initial_state
from aggregates.stages import place
from aggregates.surroundings import Surroundings, circumstances
from aggregates.workflow import workflow_of
from events.envelope import NewEvent
from projections.engine.runner import read_event
from tests.aggregates.lane.test_order import our_own
from tests.projections.builders import placed
from tests.worlds.examples import SOME
from tests.worlds.histories import interleavings, worlds
from tests.worlds.world import World

NOTHING = Surroundings()


def steps(repository_id: int, history: list[NewEvent]) -> list[tuple[Lane, Folded]]:
    """Each event's lane before it, and what folding it gave."""
    lane, found = initial_state(repository_id), []
    for position, new in enumerate(history, start=1):
        read = read_event(placed(new, position))
        folded = fold(lane, read.event, read.facts)
        found.append((lane, folded))
        lane = folded.lane
    return found


def history_of(world: World, data: st.DataObject) -> list[NewEvent]:
    return list(data.draw(interleavings(data.draw(our_own(world)), world.deliveries)))


@pytest.fixture(params=["roomy", "crowded"])
def _bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "crowded":
        for name in ("LABELLED", "OTHER_ISSUES", "OTHER_PULL_REQUESTS", "LOOSE_COMMITS"):
            monkeypatch.setattr(f"aggregates.lane.bounds.{name}", 1)


@pytest.mark.usefixtures("_bounds")
@SOME
@given(data=st.data(), world=worlds())
def test_what_is_kept_beside_the_subjects_always_follows_from_them(
    world: World, data: st.DataObject
) -> None:
    history = history_of(world, data)
    for repo in world.repositories:
        for _, folded in steps(repo.id, history):
            assert folded.lane == assembled(folded.lane)


@pytest.mark.usefixtures("_bounds")
@SOME
@given(data=st.data(), world=worlds())
def test_a_subject_or_a_workflow_that_differs_was_always_touched(
    world: World, data: st.DataObject
) -> None:
    history = history_of(world, data)
    for repo in world.repositories:
        for before, folded in steps(repo.id, history):
            after, touched = folded.lane, folded.touched
            assert differing(before.issues, after.issues) <= touched.subjects.issues
            assert differing(before.commits, after.commits) <= touched.subjects.commits
            pulls = differing(before.pull_requests, after.pull_requests)
            assert pulls <= touched.subjects.pull_requests
            assert differing(before.ours.handlings, after.ours.handlings) <= touched.handlings
            if not touched.everything:
                numbers = before.numbers & after.numbers
                moved = {n for n in numbers if placement(before, n) != placement(after, n)}
                assert moved <= touched.workflows


@pytest.mark.usefixtures("_bounds")
@SOME
@given(data=st.data(), world=worlds())
def test_looking_again_at_what_was_touched_gives_the_same_as_looking_at_all(
    world: World, data: st.DataObject
) -> None:
    history = history_of(world, data)
    for repo in world.repositories:
        survey = surveyed(initial_state(repo.id), NOTHING)
        for _, folded in steps(repo.id, history):
            survey = resurveyed(survey, folded.lane, NOTHING, folded.touched.workflows)
            assert survey == surveyed(folded.lane, NOTHING)


def differing(before: object, after: object) -> set[object]:
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    keys = before.keys() | after.keys()
    return {key for key in keys if before.get(key) != after.get(key)}


def placement(lane: Lane, number: int) -> object:
    workflow = workflow_of(lane, circumstances(lane, NOTHING), number)
    return None if workflow is None else (place(workflow), workflow.started)
