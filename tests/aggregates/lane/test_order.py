"""The same deliveries give the same lane, in whatever order and however often they come."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import evolve, initial_state
from events.catalogue import (
    About,
    OwnEvent,
    WorkflowEnqueued,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
    own_event,
)
from events.envelope import OPERATOR, NewEvent
from projections.engine.runner import read_event
from tests.aggregates.lane.folds import folded, restored, seen, stages
from tests.projections.builders import placed
from tests.worlds.examples import SOME
from tests.worlds.histories import interleavings, permuted, worlds
from tests.worlds.world import World

COMMANDS = (
    WorkflowEnqueued,
    WorkflowSkipped,
    WorkflowRetried,
    WorkflowTakenOver,
    WorkflowReleased,
)


@st.composite
def our_own(draw: st.DrawFn, world: World) -> list[NewEvent]:
    """A few commands about issues of a world, seen or not."""
    about = st.tuples(st.sampled_from([repo.id for repo in world.repositories]), st.integers(1, 4))
    drawn = draw(st.lists(st.tuples(st.sampled_from(COMMANDS), about), max_size=4))
    return [
        command(kind(issue_number=number), repository_id, n)
        for n, (kind, (repository_id, number)) in enumerate(drawn)
    ]


def taken(repository_id: int, history: list[NewEvent]) -> set[UUID]:
    """The commands that changed something where they came."""
    lane, found = initial_state(repository_id), set()
    for position, new in enumerate(history, start=1):
        read = read_event(placed(new, position))
        after = evolve(lane, read.event, read.facts)
        if after is not lane and new.source == OPERATOR:
            found.add(new.id)
        lane = after
    return found


def command(content: OwnEvent, repository_id: int, number: int) -> NewEvent:
    return own_event(
        content, UUID(int=number + 1), source=OPERATOR, about=About(repository_id=repository_id)
    )


@SOME
@given(data=st.data())
def test_any_order_and_repetition_of_deliveries_gives_the_same_lane_and_stages(
    data: st.DataObject,
) -> None:
    world = data.draw(worlds())
    own = data.draw(our_own(world))
    shuffled = data.draw(permuted(world.deliveries))
    one = data.draw(interleavings(own, world.deliveries))
    other = data.draw(interleavings(own, shuffled))
    for repo in world.repositories:
        first, second = folded(repo.id, one), folded(repo.id, other)
        assert seen(first) == seen(second)
        assert first.ties == second.ties
        if taken(repo.id, one) == taken(repo.id, other):  # what is over takes no command
            assert first.ours.handlings.keys() == second.ours.handlings.keys()
            assert stages(first) == stages(second)


@SOME
@given(data=st.data())
def test_commands_after_any_order_of_deliveries_give_the_same_lane_and_stages(
    data: st.DataObject,
) -> None:
    world = data.draw(worlds())
    own = data.draw(our_own(world))
    shuffled = data.draw(permuted(world.deliveries))
    for repo in world.repositories:
        first, second = (
            folded(repo.id, [*world.deliveries, *own]),
            folded(repo.id, [*shuffled, *own]),
        )
        assert seen(first) == seen(second)
        assert first.ours.handlings.keys() == second.ours.handlings.keys()
        assert first.ties == second.ties
        assert stages(first) == stages(second)


@SOME
@given(world=worlds(), cut=st.integers(0, 60))
def test_a_lane_folded_on_from_where_it_was_stored_is_the_lane_folded_from_the_beginning(
    world: World, cut: int
) -> None:
    for repo in world.repositories:
        stored = restored(folded(repo.id, world.deliveries[:cut]))
        assert stored == folded(repo.id, world.deliveries[:cut])
