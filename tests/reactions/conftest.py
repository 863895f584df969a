"""A world with one repository, for what reacts to it."""

import pytest

from tests.worlds.repositories import Repository
from tests.worlds.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def rocket(world: World) -> Repository:
    return world.repository("octo-org/rocket")
