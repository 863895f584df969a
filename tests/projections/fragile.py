"""Projections made to fail, each in one way at one event."""

from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, String, Table
from sqlmodel import SQLModel

from projections.engine.projection import AnyProjection, Key, Projection, ReadEvent

CULPRIT = "sponsorship"  # the GitHub event at which they fail


class Note(SQLModel):
    """One row an event."""

    position: int
    type: str
    number: int | None


def a_table(name: str) -> Table:
    """A table outside the service's own metadata, which migrations compare with the database."""
    return Table(
        name,
        MetaData(),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("type", String),
        Column("number", BigInteger, nullable=False),
    )


def noting(name: str, culprits_number: int | None = 0) -> Projection[Any]:
    """A projection that digests everything; at the culprit it may note what no database takes."""

    def evolve(_row: SQLModel | None, _key: Key, read: ReadEvent) -> Note:
        number = culprits_number if read.event.type == CULPRIT else read.event.position
        return Note.model_construct(
            position=read.event.position, type=read.event.type, number=number
        )

    return Projection(
        name=name, version=1, table=a_table(name), model=Note, touches=_touches, evolve=evolve
    )


def raising_in_evolve(name: str) -> AnyProjection:
    """A projection whose evolve raises at the culprit, quoting its payload."""
    sound = noting(name)

    def evolve(row: Note | None, key: Key, read: ReadEvent) -> Note | None:
        _refuse_culprit(read)
        return sound.evolve(row, key, read)

    return Projection(
        name=name, version=1, table=sound.table, model=Note, touches=_touches, evolve=evolve
    )


def raising_in_touches(name: str) -> AnyProjection:
    """A projection whose touches raises at the culprit, quoting its payload."""
    sound = noting(name)

    def touches(read: ReadEvent) -> list[Key]:
        _refuse_culprit(read)
        return _touches(read)

    return Projection(
        name=name, version=1, table=sound.table, model=Note, touches=touches, evolve=sound.evolve
    )


def _touches(read: ReadEvent) -> list[Key]:
    return [(read.event.position,)]


def _refuse_culprit(read: ReadEvent) -> None:
    if read.event.type == CULPRIT:
        raise ValueError(f"cannot digest {read.event.payload}")
