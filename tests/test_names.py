"""Our top-level names are ours alone: what else is installed neither owns nor shadows one."""

from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
ROOMS = sorted(room.name for room in SOURCE.iterdir() if (room / "__init__.py").exists())


def test_every_room_is_known() -> None:
    rooms = "aggregates api events gateway people projections reactions runtime simulator"
    assert rooms.split() == ROOMS


def test_no_other_distribution_owns_one_of_the_names() -> None:
    owners = packages_distributions()
    others = {room: set(owners.get(room, [])) - {"copilot-workflow-orchestrator"} for room in ROOMS}
    assert others == {room: set() for room in ROOMS}


@pytest.mark.parametrize("room", ROOMS)
def test_the_name_means_our_room(room: str) -> None:
    spec = find_spec(room)
    assert spec is not None
    assert spec.origin == str(SOURCE / room / "__init__.py")
