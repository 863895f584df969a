"""A read model is made anew where it is read otherwise, and by nobody who knows less."""

from typing import Any, cast

import pytest

from events.github.agents import COPILOT_ALONE, reading_by
from projections.engine import builds, checkpoints
from projections.engine.checkpoints import Checkpoint
from projections.engine.projection import AnyProjection, release_of, version_of
from projections.lanes.fold import LANES, folded
from projections.registry import PROJECTIONS
from runtime.database import Database
from tests.agents import BOTH

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

_LARGEST = 2_000_000 - 1
LANE = cast("AnyProjection", LANES)


def test_by_the_built_in_reading_a_version_is_the_releases_own_number() -> None:
    assert version_of(21, 0) == 21
    assert LANES.version == LANES.release


def test_whoever_reads_otherwise_makes_another_version_of_the_same_release() -> None:
    with reading_by(BOTH):
        version = LANES.version
    assert version != LANES.version
    assert release_of(version) == LANES.release
    assert version_of(999, _LARGEST) < 2**31
    assert release_of(version_of(999, _LARGEST)) == 999


def test_an_older_release_takes_another_reading_for_a_newer_ones() -> None:
    """One that knows no readings compares plain numbers."""
    assert version_of(1, 1) > LANES.release


def test_rows_of_another_reading_are_outdated_and_not_newer() -> None:
    with reading_by(BOTH):
        made = Checkpoint(LANES.version, 7)
        assert not made.is_outdated(LANE)
    assert made.is_outdated(LANE)
    assert not made.is_newer(LANE)
    newer = Checkpoint(version_of(LANES.release + 1, BOTH.digest), 7)
    assert newer.is_newer(LANE)
    assert not newer.is_outdated(LANE)


@pytest.mark.anyio
@on_one_database
async def test_another_table_builds_lanes_alone_and_back(store: Database) -> None:
    plan: Any = lambda connection: builds.plan(connection, PROJECTIONS)  # noqa: E731
    assert await store.write(plan) == []  # there is nothing yet to be shown meanwhile
    assert await store.write(plan) == []
    with reading_by(BOTH):
        assert await store.write(plan) == ["lanes"]
        assert await store.write(plan) == []  # it is under way
        assert await store.read(folded) == 0  # of these rows nothing is decided meanwhile
        await store.write(lambda c: checkpoints.put(c, LANE, 0, 1))
    with reading_by(COPILOT_ALONE):
        assert await store.write(plan) == ["lanes"]
