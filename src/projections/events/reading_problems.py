"""What could not be read in deliveries: visible until a better reading mends it."""

from dataclasses import asdict

from sqlalchemy import JSON, ColumnElement, Connection, Select, func, select
from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, GIVEN, table_of
from projections.access import Access, built_once
from projections.engine.projection import Key, Projection, ReadEvent

_MOST = 20  # places kept of one delivery


class ReadingProblem(SQLModel):
    """A delivery in which something else was found than expected; never holds payload text."""

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    type: str = Field(description="X-GitHub-Event")
    action: str | None = None
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    places: list[dict[str, str]] = Field(
        sa_type=JSON, description="`path` in the payload, what was `expected`, what was `found`"
    )


class ReadingProblemRow(ReadingProblem, table=True):
    """A problem as it is stored."""

    __tablename__ = "reading_problems"


_problems = table_of(ReadingProblemRow)


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    return ((read.event.position,),) if read.problems else ()


def _evolve(_row: ReadingProblem | None, _key: Key, read: ReadEvent) -> ReadingProblem:
    return ReadingProblem.model_construct(
        position=read.event.position,
        type=read.event.type,
        action=read.event.action,
        installation_id=read.event.installation_id,
        repository_id=read.event.repository_id,
        places=[asdict(problem) for problem in read.problems[:_MOST]],
    )


READING_PROBLEMS: Projection[ReadingProblem] = Projection(
    name="reading_problems",
    version=1,
    table=_problems,
    model=ReadingProblem,
    touches=_touches,
    evolve=_evolve,
    append_only=True,
)


def list_reading_problems(
    connection: Connection, access: Access, before: int | None, limit: int
) -> list[ReadingProblem]:
    """Return the newest problems first."""
    query = select(_problems).where(_within(access))
    if before is not None:
        query = query.where(_problems.c.position < before)
    query = query.order_by(_problems.c.position.desc()).limit(limit)
    rows = connection.execute(query, access.values).mappings()
    return [ReadingProblem.model_construct(**row) for row in rows]


def count_reading_problems(connection: Connection, access: Access) -> int:
    """Return how many deliveries had problems."""
    return connection.scalar(_counted(access), access.values) or 0


@built_once
def _counted(access: Access) -> Select[int]:
    query = select(func.count()).select_from(_problems)
    return query.where(_within(access))


def _within(access: Access) -> ColumnElement[bool]:
    return access.told(_problems.c.repository_id, _problems.c.installation_id, _problems.c.position)
