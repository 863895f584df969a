"""Whose data a query may show: a set of repositories, and the installations that one owns.

What is about a repository is for whoever holds it, whichever installation told; what is about an
installation alone, for who owns that; what is about neither, for who may see everything. Of a
repository that moved to another installation there is to see what came since (``aggregates.lane``).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast

import orjson
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    exists,
    or_,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from events.envelope import Event
from projections.lanes.model import lane_circumstances

_Ids: TypeAlias = ColumnElement[int] | ColumnElement[int | None]


@dataclass(frozen=True, slots=True)
class Access:
    """Everything (repositories None), or repositories by id and the installations that one owns."""

    repositories: frozenset[int] | None
    installations: frozenset[int] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Tell whether it reaches all that there is, what belongs to nobody included."""
        return self.repositories is None

    @property
    def values(self) -> dict[str, str]:
        """Return the values of a statement that has one of these conditions."""
        if self.repositories is None:
            return {}
        return {_HELD: _listed(self.repositories), _OWNED: _listed(self.installations)}

    def allows(self, repository_id: int | None, installation_id: int | None) -> bool:
        """Tell whether something of a repository, or of an installation alone, is within reach."""
        if self.repositories is None:
            return True
        if repository_id is not None:
            return repository_id in self.repositories
        return installation_id in self.installations

    def holds(self, repository: _Ids) -> ColumnElement[bool]:
        """Return the condition on a repository, or on what is so of one now."""
        return true() if self.is_everything else _OneOf(repository, _given(_HELD))

    def owns(self, installation: _Ids) -> ColumnElement[bool]:
        """Return the condition on an installation, or on what is of one alone."""
        return true() if self.is_everything else _OneOf(installation, _given(_OWNED))

    def told(
        self, repository: _Ids, installation: _Ids, position: Column[int]
    ) -> ColumnElement[bool]:
        """Return the condition on what is of a repository or an installation since a position."""
        if self.is_everything:
            return true()
        of_nobody = and_(repository.is_(None), self.owns(installation))
        return or_(self.since(repository, position), of_nobody)

    def since(self, repository: _Ids, position: ColumnElement[int]) -> ColumnElement[bool]:
        """Return the condition on what is of a repository since a position."""
        if self.is_everything:
            return true()
        return and_(self.holds(repository), ~moved_after(repository, position))


EVERYTHING = Access(None)
_SOME = Access(frozenset())  # whichever they are: they come with the values


def moved_after(repository: _Ids, position: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a repository moved behind a position, so that it is hidden."""
    moved = lane_circumstances.alias("moved")
    return exists(
        select(moved.c.repository_id)
        .where(moved.c.repository_id == repository, moved.c.visible_from > position)
        .correlate_except(moved)
    )


def hidden_before(connection: Connection, repository_ids: Collection[int]) -> dict[int, int]:
    """Return, of those repositories that moved, from which position on they are to be seen."""
    if not repository_ids:
        return {}
    found = connection.execute(_MOVES, {_HELD: _listed(repository_ids)})
    return {row.repository_id: row.visible_from for row in found}


def shows(connection: Connection, access: Access, event: Event) -> bool:
    """Tell whether an event is within reach."""
    number = event.repository_id
    if not access.allows(number, event.installation_id):
        return False
    if access.is_everything or number is None:
        return True
    return event.position >= hidden_before(connection, (number,)).get(number, 0)


def held_through(connection: Connection, reached: Mapping[int, int]) -> frozenset[int]:
    """Return those repositories that are known to be the installation's that reaches them.

    ``reached`` has an installation by repository, as GitHub says. While a move is not settled
    nobody holds the repository through the new one, to whom all of its past would show. One of
    which no installation is known is held, since it never was another's.
    """
    found = connection.execute(_TENANTS, {_HELD: _listed(reached)})
    known = {row.repository_id: row.installation_id for row in found}
    return frozenset(
        number
        for number, through in reached.items()
        if (whose := known.get(number)) is None or whose == through
    )


_Shape = ParamSpec("_Shape")
_Built = TypeVar("_Built")


def built_once(
    build: Callable[Concatenate[Access, _Shape], _Built],
) -> Callable[Concatenate[Access, _Shape], _Built]:
    """Decorate what puts a statement together, given the access and its shape.

    It is done once for who sees everything and once for all others, whose sets come as values. It
    takes SQLAlchemy a millisecond or more, many times what the database takes to answer.
    """
    kept = cast("Callable[Concatenate[Access, _Shape], _Built]", lru_cache(maxsize=256)(build))

    @wraps(build)
    def once(access: Access, /, *shape: _Shape.args, **named: _Shape.kwargs) -> _Built:
        return kept(EVERYTHING if access.is_everything else _SOME, *shape, **named)

    return once


_HELD, _OWNED = "held_repositories", "owned_installations"


class _OneOf(FunctionElement[bool]):
    """That an id is among those of one JSON array, however many: a set costs one parameter.

    ``IS TRUE`` keeps it a filter: planners else begin with the set, and look at all that each of
    some thousand repositories ever had to sort the newest fifty of it.
    """

    type = Boolean()
    inherit_cache = True


@compiles(_OneOf, "sqlite")
def _in_json(element: _OneOf, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 (SQLAlchemy's own)
    column, ids = (compiler.process(each, **given) for each in element.clauses)
    return f"(({column} IN (SELECT value FROM json_each({ids}))) IS TRUE)"  # noqa: S608 (no values)


@compiles(_OneOf, "postgresql")
def _in_array(element: _OneOf, compiler: SQLCompiler, **given: Any) -> str:  # noqa: ANN401 (likewise)
    column, ids = (compiler.process(each, **given) for each in element.clauses)
    every = f"SELECT CAST(json_array_elements_text(CAST({ids} AS JSON)) AS BIGINT)"
    return f"(({column} IN ({every})) IS TRUE)"


def _given(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Text)


def _listed(ids: Collection[int]) -> str:
    return orjson.dumps(sorted(ids)).decode()  # SQLite takes them in half the time


_LANE = lane_circumstances.c
_THESE = _OneOf(_LANE.repository_id, _given(_HELD))
_MOVES = select(_LANE.repository_id, _LANE.visible_from).where(_THESE, _LANE.visible_from > 0)
_TENANTS = select(_LANE.repository_id, _LANE.installation_id).where(_THESE)
