from collections import Counter

from hypothesis import given

from events.envelope import NewEvent
from tests.worlds.examples import SOME
from tests.worlds.histories import interleavings, permuted
from tests.worlds.stories import the_whole_story
from tests.worlds.world import World


def the_first(count: int) -> list[NewEvent]:
    world = World()
    the_whole_story(world)
    return world.deliveries[:count]


TOLD = the_first(12)
OWN, THEIRS = TOLD[:4], TOLD[4:]


@given(permuted(TOLD))
@SOME
def test_a_permutation_loses_nothing_and_adds_only_copies(arrived: list[NewEvent]) -> None:
    payloads = {each.payload for each in TOLD}

    assert {each.id for each in TOLD} <= {each.id for each in arrived}
    assert {each.payload for each in arrived} == payloads


def test_a_copy_has_the_same_id_or_another() -> None:
    seen: set[str] = set()

    @given(permuted(TOLD))
    @SOME
    def look(arrived: list[NewEvent]) -> None:
        ids = Counter(each.id for each in arrived)
        seen.update({"the same"} if max(ids.values()) > 1 else ())
        seen.update({"another"} if len(ids) > len(TOLD) else ())
        seen.update({"out of order"} if arrived[: len(TOLD)] != TOLD else ())

    look()

    assert seen == {"the same", "another", "out of order"}


@given(interleavings(OWN, THEIRS))
@SOME
def test_an_interleaving_keeps_the_order_of_our_own(arrived: list[NewEvent]) -> None:
    assert [each for each in arrived if each in OWN] == OWN
    assert Counter(each.id for each in arrived) == Counter(each.id for each in TOLD)


def test_an_interleaving_moves_the_deliveries() -> None:
    orders: set[tuple[object, ...]] = set()

    @given(interleavings(OWN, THEIRS))
    @SOME
    def look(arrived: list[NewEvent]) -> None:
        orders.add(tuple(each.id for each in arrived if each in THEIRS))

    look()

    assert len(orders) > 1


@given(permuted([]))
@SOME
def test_of_nothing_there_is_one_order(arrived: list[NewEvent]) -> None:
    assert arrived == []
