"""Snapshots of lanes: from one of them, and the events behind it, a lane is folded as it once was.

After every so many changes of a lane what changed since the last snapshot is kept, and now and then
all of it. So they cost what changes, and hang on no batch: a replay makes the same ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, TypeAlias

import orjson
from sqlalchemy import Connection, Text, bindparam, func, select
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of

CHANGES: Final = 100  # of a lane, from one snapshot to the next: as many are folded to read it
_OUTWEIGHS = 4  # times a whole one, the snapshots behind it: then the next one is whole

# What a subject's row says: kind, key, state.
SubjectState: TypeAlias = tuple[str, str, str]


class LaneSnapshotRow(SQLModel, table=True):
    """What changed in a lane since the snapshot before; where it is ``whole``, all of it.

    ``state`` is JSON: what the lane's own row says, and its subjects, as theirs do.
    """

    __tablename__ = "lane_snapshots"

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    whole: bool
    state: str = Field(sa_type=Text)


lane_snapshots = table_of(LaneSnapshotRow)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """How a lane stands to its snapshots: it changed ``changes`` times since that at ``position``.

    ``whole`` is the size of the last whole one in characters, ``since`` of all behind it.
    """

    position: int = 0
    changes: int = 0
    whole: int = 0
    since: int = 0

    @property
    def are_due(self) -> bool:
        """Whether one is to be made with the next change."""
        return self.changes + 1 >= CHANGES

    @property
    def begin_anew(self) -> bool:
        """Whether the next one is whole: those behind the last whole one outweigh it."""
        return self.since >= _OUTWEIGHS * self.whole

    def changed(self) -> "Snapshots":
        """Count a change of the lane."""
        return replace(self, changes=self.changes + 1)

    def made(self, position: int, size: int) -> "Snapshots":
        """Take in that one was made at a position."""
        if self.begin_anew:
            return Snapshots(position, 0, size, 0)
        return Snapshots(position, 0, self.whole, self.since + size)


NO_SNAPSHOTS = Snapshots()


def packed_snapshot(
    head: str, subjects: Iterable[SubjectState], alive: Iterable[tuple[str, str]] | None
) -> str:
    """Return the state of a snapshot; ``alive`` names all subjects, if some were forgotten."""
    parts = [[kind, key, orjson.Fragment(state)] for kind, key, state in subjects]
    told = {"head": orjson.Fragment(head), "subjects": parts}
    if alive is not None:
        told["alive"] = [*alive]
    return orjson.dumps(told).decode()


class Snapshot(NamedTuple):
    """A lane's own row and those of its subjects, as they were at a position."""

    head: dict[str, Any]
    subjects: list[dict[str, str]]


def snapshot_before(connection: Connection, repository_id: int, as_of: int) -> Snapshot | None:
    """Return the newest snapshot of a lane up to a position, put together from those it needs."""
    values = {"repository": repository_id, "as_of": as_of}
    rows = connection.execute(_CHAIN, values).mappings().all()
    if not rows:
        return None
    states: dict[tuple[str, str], Any] = {}
    told: dict[str, Any] = {}
    for row in rows:
        told = orjson.loads(row["state"])
        states |= {(kind, key): state for kind, key, state in told["subjects"]}
        if (alive := told.get("alive")) is not None:
            states = {each: states[each] for each in map(tuple, alive)}
    head = {**rows[-1], "state": _text(told["head"])}
    return Snapshot(
        head, [{"kind": k, "key": key, "state": _text(s)} for (k, key), s in states.items()]
    )


def _text(told: object) -> str:
    return orjson.dumps(told).decode()


_IS_UP_TO = (lane_snapshots.c.repository_id == bindparam("repository")) & (
    lane_snapshots.c.position <= bindparam("as_of")
)
_WHOLE = select(func.max(lane_snapshots.c.position)).where(_IS_UP_TO, lane_snapshots.c.whole)
_CHAIN = (
    select(lane_snapshots)
    .where(_IS_UP_TO, lane_snapshots.c.position >= _WHOLE.scalar_subquery())
    .order_by(lane_snapshots.c.position)
)
