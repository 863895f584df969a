"""Random worlds, and the orders in which their deliveries may arrive, for Hypothesis."""

from collections.abc import Sequence
from contextlib import nullcontext

from hypothesis import strategies as st

from events.envelope import NewEvent
from tests.projections.builders import redelivered
from tests.worlds.moves import moves
from tests.worlds.repositories import Repository
from tests.worlds.world import World

NAMES = ("octo-org/rocket", "octo-org/lander", "octo-org/probe")
_BURSTS = (1, 1, 1, 1, 2, 3)  # how many moves fall into one second


@st.composite
def worlds(draw: st.DrawFn, max_operations: int = 25, *, ties: bool = True) -> World:
    """A world of one to three repositories in which what GitHub allows has happened at random.

    It begins with two or three issues in each; ``max_operations`` counts what comes after, at least
    half as much, of which some may be nothing. Without ``ties`` every change has its own second.
    """
    world = World()
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        for _ in range(draw(st.integers(2, 3))):
            _begin(draw, world.repository(name))
    left = draw(st.integers(max_operations // 2, max_operations))
    while left > 0:
        burst = min(left, draw(st.sampled_from(_BURSTS))) if ties else 1
        with world.same_second() if burst > 1 else nullcontext():
            for _ in range(burst):
                possible = [[_nothing], *moves(world)]  # nothing is what a failure shrinks to
                draw(st.sampled_from(draw(st.sampled_from(possible))))()
        left -= burst
    return world


@st.composite
def permuted(draw: st.DrawFn, deliveries: Sequence[NewEvent]) -> list[NewEvent]:
    """The deliveries in any order, some of them once more: under the same id or another."""
    if not deliveries:
        return []
    again = draw(st.lists(st.sampled_from(deliveries), max_size=5))
    copies = [redelivered(each) if draw(st.booleans()) else each for each in again]
    return draw(st.permutations([*deliveries, *copies]))


@st.composite
def interleavings(
    draw: st.DrawFn, own: Sequence[NewEvent], deliveries: Sequence[NewEvent]
) -> list[NewEvent]:
    """Our own events in their order, and between them the deliveries in any order."""
    places = draw(st.permutations(range(len(own) + len(deliveries))))
    ours = iter(own)
    return [next(ours) if place < len(own) else deliveries[place - len(own)] for place in places]


def _begin(draw: st.DrawFn, repository: Repository) -> None:
    """Open an issue and perhaps bring it some way: queued, with Copilot, with a pull request."""
    way = draw(st.sampled_from(("open", "queued", "assigned", "draft", "ready")))
    labels = () if way == "open" else ("status:queued",)
    issue = repository.open_issue("Commands are refused", labels=labels)
    if way in ("assigned", "draft", "ready"):
        issue.assign_copilot()
    if way in ("draft", "ready"):
        pull = repository.copilot_opens(issue)
        if way == "ready":
            pull.mark_ready()


def _nothing() -> None:
    """Let a move pass."""
