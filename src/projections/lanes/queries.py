"""Queries over lanes, and over what holds around all of them, as they are folded.

All but the first are for whoever folds lanes on, decides and acts by them; nobody is shown these.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from aggregates.lane import Lane
from aggregates.lane.ours import Ours
from aggregates.surroundings import Surroundings
from events.statement import Statement
from events.table import events, log_head, table_of
from projections.access import Access, built_once
from projections.as_of import AS_OF
from projections.engine.checkpoints import Checkpoint, CheckpointRow
from projections.engine.parked import ParkedEventRow
from projections.lanes.around import policy_as_of
from projections.lanes.commits import CHECKS
from projections.lanes.model import (
    AROUND,
    Subject,
    circumstances_versions,
    lanes,
    subjects,
    surroundings,
)
from projections.lanes.packing import StoredLane, unpacked, unpacked_surroundings


def find_lane(connection: Connection, access: Access, repository_id: int) -> Lane | None:
    """Return a repository's lane; None before its first event, or beyond reach."""
    if not access.allows(repository_id, None):
        return None
    found = lane_rows(connection, lanes.c.repository_id == repository_id)
    return unpacked(found[0], subject_rows(connection, repository_id)).lane if found else None


def find_lane_as_of(
    connection: Connection, access: Access, repository_id: int, as_of: int
) -> Lane | None:
    """Return what a repository's lane said as of a position of the policy and the mode, no more.

    None before its first event, or beyond reach.
    """
    values = {"repository_id": repository_id, "as_of": as_of} | access.values
    found = _held(access).mappings(connection, values)
    if not found:
        return None
    [held] = found
    ours = Ours(
        mode=held["mode"] if held["mode_origin"] == "operator" else None,
        policy=policy_as_of(connection, repository_id, as_of),
    )
    return Lane(repository_id=repository_id, installation_id=held["installation_id"], ours=ours)


@built_once
def _held(access: Access) -> Statement:
    c = circumstances_versions.c
    this = (c.repository_id == bindparam("repository_id"), c.position <= AS_OF)
    query = select(c.installation_id, c.mode, c.mode_origin).where(*this)
    query = query.where(access.since(c.repository_id, AS_OF))
    return Statement(query.order_by(c.position.desc()).limit(1))


def around_lanes(connection: Connection, row_id: int = AROUND) -> Surroundings:
    """Return what holds around all lanes, of whichever installation, as a row says."""
    row = surroundings_row(connection, row_id)
    return Surroundings() if row is None else unpacked_surroundings(row)


LANES_NAME = "lanes"
_AT_ONCE = 500  # a statement takes some 32,000 parameters at most

Row = Mapping[str, Any]

_checkpoints = table_of(CheckpointRow)
_parked = table_of(ParkedEventRow)

_SHARE: ColumnElement[int] = lanes.c.repository_id % bindparam("shares", type_=Integer)
_CHANGED = Statement(
    select(lanes).where(
        bindparam("share", type_=Integer) == _SHARE, lanes.c.position > bindparam("after")
    )
)
_OF_LANE = Statement(select(lanes).where(lanes.c.repository_id == bindparam("repository")))
_SUBJECTS = Statement(
    select(subjects).where(
        subjects.c.repository_id == bindparam("repository"),
        subjects.c.position > bindparam("after"),
    )
)
_SUBJECT_POSITIONS = Statement(
    select(subjects.c.kind, subjects.c.key, subjects.c.position).where(
        subjects.c.repository_id == bindparam("repository"),
        subjects.c.position > bindparam("after"),
        subjects.c.kind != CHECKS,  # with these the commit's own row changes
    )
)
_AROUND = Statement(select(surroundings).where(surroundings.c.id == bindparam("row_id")))
_STANDING = Statement(
    select(
        log_head.c.position,
        _checkpoints.c.version,
        _checkpoints.c.position,
        _checkpoints.c.generation,
        surroundings.c.position,
        exists().where(_parked.c.projection == LANES_NAME),
    ).select_from(
        log_head.outerjoin(_checkpoints, _checkpoints.c.name == LANES_NAME).outerjoin(
            surroundings, surroundings.c.id == AROUND
        )
    )
)
_PARKED = Statement(
    select(events.c.repository_id, _parked.c.position, _parked.c.error)
    .select_from(_parked.join(events, events.c.position == _parked.c.position))
    .where(_parked.c.projection == LANES_NAME, events.c.repository_id.is_not(None))
    .order_by(_parked.c.position.desc())
)


class Standing(NamedTuple):
    """Where the log ends, and how far lanes reflect it.

    ``around`` is where what holds around them changed last, None: nothing was ever said.
    ``parked``: there are events that could not be folded.
    """

    head: int
    folded: Checkpoint
    around: int | None
    parked: bool


def lanes_standing(connection: Connection) -> Standing:
    """Return all that who looks again and again asks for first, by one statement."""
    [(end, version, position, generation, around, parked)] = _STANDING.rows(connection)
    found = Checkpoint(version or 0, position or 0, generation or 0)
    return Standing(end, found, around, bool(parked))


def load_lanes(connection: Connection, repository_ids: Collection[int]) -> dict[int, StoredLane]:
    """Return lanes whole, those that there are."""
    ids = list(repository_ids)
    found: dict[int, StoredLane] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        query = select(subjects).where(subjects.c.repository_id.in_(some))
        parts = _by_lane(connection.execute(query).mappings())
        for row in lane_rows(connection, lanes.c.repository_id.in_(some)):
            number = row["repository_id"]
            found[number] = unpacked(row, parts.get(number, ()))
    return found


def changed_lanes(
    connection: Connection, after: int | None, share: int, shares: int
) -> Sequence[Row]:
    """Return the own rows of lanes that changed behind a position; None: of every lane.

    Of all lanes only a share: where the repository's id, divided by ``shares``, leaves it.
    """
    values = {"share": share, "shares": shares, "after": -1 if after is None else after}
    return _CHANGED.mappings(connection, values)


def lane_row(connection: Connection, repository_id: int) -> Sequence[Row]:
    """Return a lane's own row, if there is one."""
    return _OF_LANE.mappings(connection, {"repository": repository_id})


def lane_rows(connection: Connection, which: ColumnElement[bool]) -> Sequence[Row]:
    """Return the own rows of some lanes."""
    return cast("Sequence[Row]", connection.execute(select(lanes).where(which)).mappings().all())


def subject_rows(connection: Connection, repository_id: int, after: int = -1) -> Sequence[Row]:
    """Return the rows of a lane's subjects that changed behind a position."""
    return _SUBJECTS.mappings(connection, {"repository": repository_id, "after": after})


def subject_positions(connection: Connection, repository_id: int, after: int) -> dict[Subject, int]:
    """Return where each subject of a lane last changed that did behind a position."""
    rows = _SUBJECT_POSITIONS.rows(connection, {"repository": repository_id, "after": after})
    return {(kind, key if kind == "commit" else int(key)): place for kind, key, place in rows}


def last_change(connection: Connection, repository_id: int, of: Iterable[Subject]) -> int:
    """Return where any of some subjects of a lane last changed; 0: none is known."""
    keys: dict[str, list[str]] = {}
    for kind, key in of:
        keys.setdefault(kind, []).append(str(key))
    which = [
        (subjects.c.kind == kind) & subjects.c.key.in_(some[:_AT_ONCE])
        for kind, some in keys.items()
    ]
    query = select(func.max(subjects.c.position))
    query = query.where(subjects.c.repository_id == repository_id, or_(*which))
    return connection.scalar(query) or 0


def surroundings_row(connection: Connection, row_id: int = AROUND) -> Row | None:
    """Return the row of what holds around all lanes, None where nothing was ever said."""
    found = _AROUND.mappings(connection, {"row_id": row_id})
    return found[0] if found else None


def parked_lanes(connection: Connection) -> dict[int, str]:
    """Return the repositories of which an event could not be folded, with the first error."""
    found = _PARKED.rows(connection)
    return {number: f"event {position}: {error}" for number, position, error in found}


def _by_lane(rows: Iterable[Any]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["repository_id"], []).append(row)
    return found
