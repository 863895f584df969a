"""Lanes, and the scopes that concern them, as they are stored."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from aggregates.lane import Lane
from aggregates.scope import Scope
from events.table import BIG_INTEGER, GIVEN
from projections.engine.projection import Key

SCOPES: Key = (0,)  # no repository of GitHub's has this id

Folded: TypeAlias = Lane | Scope


class LaneRow(SQLModel, table=True):
    """A repository's lane, or under id 0 the scopes; ``state`` is JSON.

    ``position`` is that of the last event that told something new.
    """

    __tablename__ = "lanes"
    __table_args__ = (Index("ix_lanes_position", "position"),)

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    position: int = Field(sa_type=BIG_INTEGER)
    state: str = Field(sa_type=Text)


_LANE: TypeAdapter[Lane] = TypeAdapter(Lane)
_SCOPE: TypeAdapter[Scope] = TypeAdapter(Scope)


def packed(row: Folded) -> dict[str, Any]:
    """Return a row's columns; what has its default value is left out of the state."""
    if isinstance(row, Scope):
        key, installation_id, state = SCOPES[0], None, _SCOPE.dump_json(row, exclude_defaults=True)
    else:
        key, installation_id = row.repository_id, row.installation_id
        state = _LANE.dump_json(row, exclude_defaults=True)
    return {
        "repository_id": key,
        "installation_id": installation_id,
        "position": row.position,
        "state": state.decode(),
    }


def unpacked(columns: Mapping[str, Any]) -> Folded:
    """Return the lane or the scopes as they were packed."""
    if columns["repository_id"] == SCOPES[0]:
        return _SCOPE.validate_json(columns["state"])
    return _LANE.validate_json(columns["state"])
