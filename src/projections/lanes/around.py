"""What is around all lanes as it was: a row for each thing that was said of it, kept once.

Of a pause of everything there is one, however many lanes it held; what is around them as of a
position is put together from the newest of each. Beside them stand the repositories' own layers of
the policy, which change as seldom.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, Text, and_, bindparam, func, select
from sqlmodel import Field, SQLModel

from aggregates.acting import ActingUser
from aggregates.lane.ours import Pause, PolicyLayer
from aggregates.surroundings import EVERYWHERE, Surroundings
from events.statement import Statement
from events.table import BIG_INTEGER, GIVEN, table_of
from projections.as_of import AS_OF
from projections.engine.projection import Key

Columns = dict[str, Any]

_POLICY: Final = "repository_policy"
_BY_INSTALLATION: Mapping[str, TypeAdapter[Any]] = {
    "pauses": TypeAdapter(Pause),
    "policies": TypeAdapter(PolicyLayer),
    "acting": TypeAdapter(ActingUser),
    "identities": TypeAdapter(dict[int, int | None]),
    "access_changed": TypeAdapter(int),
}
_OF_ALL: Mapping[str, TypeAdapter[Any]] = {
    "app": TypeAdapter(ActingUser | None),
    "signed_since": TypeAdapter(int | None),
    "has_app": TypeAdapter(bool),
}
_KINDS = {**_BY_INSTALLATION, **_OF_ALL, _POLICY: TypeAdapter(PolicyLayer)}


class AroundVersionRow(SQLModel, table=True):
    """One thing around lanes as it was from one event on, as JSON; None: no more of it.

    ``kind`` is a field of ``Surroundings``, and ``whose`` the installation, 0 for everything; or it
    is ``repository_policy``, and a repository's.
    """

    __tablename__ = "around_versions"

    kind: str = Field(primary_key=True)
    whose: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    state: str | None = Field(default=None, sa_type=Text)


around_versions = table_of(AroundVersionRow)


def versions_around(
    was: Surroundings, now: Surroundings, position: int
) -> Iterator[tuple[Key, Columns]]:
    """Yield the rows of what an event changed around all lanes."""
    for kind in _BY_INSTALLATION:
        before, after = getattr(was, kind), getattr(now, kind)
        if before is not after:
            for whose in sorted({*before, *after}):
                if before.get(whose) != after.get(whose):
                    yield _version(kind, whose, position, after.get(whose))
    for kind in _OF_ALL:
        if getattr(was, kind) != getattr(now, kind):
            yield _version(kind, EVERYWHERE, position, getattr(now, kind))


def policy_version(repository_id: int, position: int, layer: PolicyLayer) -> tuple[Key, Columns]:
    """Return the row of a repository's own layer of the policy."""
    return _version(_POLICY, repository_id, position, layer)


def around_as_of(connection: Connection, as_of: int) -> Surroundings:
    """Return what was around all lanes, of whichever installation, as of a position."""
    told: dict[str, Any] = {kind: {} for kind in _BY_INSTALLATION}
    position = 0
    for kind, whose, place, state in connection.execute(_AROUND, {"as_of": as_of}):
        position = max(position, place)
        if kind in _OF_ALL:
            told[kind] = _read(kind, state)
        elif state is not None:
            told[kind][whose] = _read(kind, state)
    return Surroundings(position=position, **told)


def policy_as_of(connection: Connection, repository_id: int, as_of: int) -> PolicyLayer:
    """Return a repository's own layer of the policy as of a position, whoever asks."""
    values = {"repository_id": repository_id, "as_of": as_of}
    state = _OWN_POLICY.scalar(connection, values)
    return PolicyLayer() if state is None else _read(_POLICY, state)


def _version(kind: str, whose: int, position: int, value: object) -> tuple[Key, Columns]:
    state = None if value is None else _KINDS[kind].dump_json(value, exclude_defaults=True).decode()
    row = {"kind": kind, "whose": whose, "position": position, "state": state}
    return (kind, whose, position), row


def _read(kind: str, state: str | None) -> Any:  # noqa: ANN401 (whatever the field holds)
    return None if state is None else _KINDS[kind].validate_json(state)


_c = around_versions.c
_newest = (
    select(_c.kind, _c.whose, func.max(_c.position).label("position"))
    .where(_c.kind != _POLICY, _c.position <= AS_OF)
    .group_by(_c.kind, _c.whose)
    .subquery()
)
_same = and_(
    _c.kind == _newest.c.kind, _c.whose == _newest.c.whose, _c.position == _newest.c.position
)
_AROUND = select(*_c).select_from(around_versions.join(_newest, _same))
_OWN_POLICY = Statement(
    select(_c.state)
    .where(_c.kind == _POLICY, _c.whose == bindparam("repository_id"), _c.position <= AS_OF)
    .order_by(_c.position.desc())
    .limit(1)
)
