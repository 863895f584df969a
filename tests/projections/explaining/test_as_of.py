"""What is explained as of a position is what was explained when the log ended there."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select

from aggregates.lane import Lane
from events.store import Store
from projections.access import EVERYTHING
from projections.explaining.queries import explain_workflow
from projections.lanes.as_of import lane_as_of
from projections.lanes.queries import find_lane
from projections.lanes.snapshots import lane_snapshots
from projections.workflows.model import workflows
from runtime.database import Database
from tests.conftest import BOTH, SOAK
from tests.golden.doors import House
from tests.golden.master import SEED, SHORT, clock
from tests.golden.plot import Plot
from tests.golden.run import Run

pytestmark = pytest.mark.anyio

# A whole history is played; what is asked of a database here is asked by others on both.
on_one_database = pytest.mark.parametrize("dialect", BOTH if SOAK else BOTH[1:], indirect=True)

_WATCHED = 2  # workflows that are looked at whenever the log has moved


@dataclass
class Seen:
    """Lanes, and explanations of some workflows, by the position at which they were seen."""

    random: Random
    lanes: dict[tuple[int, int], Lane] = field(default_factory=dict)
    explained: dict[tuple[int, int, int], object] = field(default_factory=dict)

    def look(self, connection: Connection, position: int) -> None:
        keys = select(workflows.c.repository_id, workflows.c.issue_number)
        every = sorted((row[0], row[1]) for row in connection.execute(keys))
        for number, issue in self.random.sample(every, min(_WATCHED, len(every))):
            lane = find_lane(connection, EVERYTHING, number)
            assert lane is not None
            self.lanes[position, number] = lane
            self.explained[position, number, issue] = told(connection, number, issue)


def told(connection: Connection, number: int, issue: int, as_of: int | None = None) -> object:
    """Return what is explained, but for what things are called by now."""
    found = explain_workflow(connection, EVERYTHING, number, issue, as_of=as_of)
    if found is None:
        return None
    named = {"repository", "issue", "pull_request"}
    return found.model_dump(mode="json", exclude={"workflow": named})


class Watched(House):
    """The service, looked at whenever its read models have come up to the log's end."""

    seen: Seen

    async def project(self) -> None:
        await super().project()
        position = (await self.log.head()).position
        await self.store.read(lambda connection: self.seen.look(connection, position))


async def snapshots_of(store: Store) -> list[dict[str, Any]]:
    query = select(lane_snapshots).order_by(
        lane_snapshots.c.repository_id, lane_snapshots.c.position
    )
    return [dict(row) for row in await store.read(lambda c: c.execute(query).mappings().all())]


@on_one_database
async def test_then_is_as_it_was_also_once_it_was_built_anew(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.lanes.snapshots.CHANGES", 7)
    time, draws = clock(), (Random(SEED), Random(SEED + 1))  # noqa: S311 (no secrets)
    house = Watched(store, time)
    house.seen = seen = Seen(Random(3))  # noqa: S311 (likewise)
    await Run(house, time, Plot(draws[0]), draws[1]).play(SHORT)
    live = await snapshots_of(store)
    assert {row["whole"] for row in live} == {True, False}

    def then(connection: Connection) -> None:
        for (position, number), lane in seen.lanes.items():
            assert lane_as_of(connection, number, position) == lane, position
        for (position, number, issue), explained in seen.explained.items():
            assert told(connection, number, issue, position) == explained, (position, issue)

    await store.read(then)
    again = House(store, time, batch=9)
    await again.restart()
    await again.project()
    assert await snapshots_of(store) == live
    await store.read(then)
