"""Queries over lanes and the scopes around them, as they are folded."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, select

from aggregates.lane import Lane
from aggregates.scope import Scope
from projections.lanes import SCOPES, LaneRow, unpacked

_lanes = LaneRow.__table__  # type: ignore[attr-defined]


def find_lane(connection: Connection, repository_id: int) -> Lane | None:
    """Return a repository's lane, None before its first event."""
    row = _row(connection, repository_id)
    folded = None if row is None else unpacked(row)
    return folded if isinstance(folded, Lane) else None


def find_scope(connection: Connection) -> Scope:
    """Return what holds around all lanes."""
    row = _row(connection, SCOPES[0])
    folded = None if row is None else unpacked(row)
    return folded if isinstance(folded, Scope) else Scope()


def _row(connection: Connection, key: int) -> Mapping[str, Any] | None:
    query = select(_lanes).where(_lanes.c.repository_id == key)
    row = connection.execute(query).mappings().one_or_none()
    return cast("Mapping[str, Any] | None", row)
