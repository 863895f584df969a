"""What could not be read in deliveries: visible until a better reading mends it."""

from dataclasses import asdict

from sqlalchemy import JSON, ColumnElement, Connection, RowMapping, func, select
from sqlmodel import Field, SQLModel

from events.statement import Statement
from events.table import BIG_INTEGER, GIVEN, table_of
from projections.access import Access, built_once
from projections.as_of import AS_OF
from projections.engine.projection import Key, Projection, ReadEvent, built
from projections.references import GITHUB_COM, Links, RepositoryRef
from projections.repositories.model import RepositoryRow

_MOST = 20  # places kept of one delivery


class DescribedProblem(SQLModel):
    """A delivery in which something else was found than expected; never holds payload text."""

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    type: str = Field(description="X-GitHub-Event")
    action: str | None = None
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    places: list[dict[str, str]] = Field(
        sa_type=JSON, description="`path` in the payload, what was `expected`, what was `found`"
    )


class ReadingProblem(DescribedProblem):
    """A delivery with a problem, and whose it is."""

    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)


class ReadingProblemItem(DescribedProblem):
    """A delivery with a problem, and whose it is, as it is shown."""

    repository: RepositoryRef | None


class ReadingProblemRow(ReadingProblem, table=True):
    """A problem as it is stored."""

    __tablename__ = "reading_problems"


_problems = table_of(ReadingProblemRow)
_repositories = table_of(RepositoryRow)


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
    connection: Connection,
    access: Access,
    before: int | None,
    limit: int,
    links: Links = GITHUB_COM,
) -> list[ReadingProblemItem]:
    """Return the newest problems first."""
    named = _problems.outerjoin(_repositories, _repositories.c.id == _problems.c.repository_id)
    query = select(*_problems.columns, _repositories.c.full_name).select_from(named)
    query = query.where(_within(access))
    if before is not None:
        query = query.where(_problems.c.position < before)
    query = query.order_by(_problems.c.position.desc()).limit(limit)
    rows = connection.execute(query, access.values).mappings()
    return [_item(row, links) for row in rows]


def _item(row: RowMapping, links: Links) -> ReadingProblemItem:
    whose = row["repository_id"]
    repository = None if whose is None else links.repository(whose, row["full_name"])
    values = {**row, "repository": repository}
    return built(
        ReadingProblemItem, {name: values[name] for name in ReadingProblemItem.model_fields}
    )


def count_reading_problems(connection: Connection, access: Access, as_of: int | None = None) -> int:
    """Return how many deliveries had problems, now or up to a position."""
    values = {"as_of": as_of} | access.values
    return int(_counted(access, as_of is not None).scalar(connection, values))


@built_once
def _counted(access: Access, then: bool) -> Statement:  # noqa: FBT001 (as of a position, or now)
    query = select(func.count()).select_from(_problems)
    query = query.where(_within(access))
    return Statement(query.where(_problems.c.position <= AS_OF) if then else query)


def _within(access: Access) -> ColumnElement[bool]:
    return access.told(_problems.c.repository_id, _problems.c.installation_id, _problems.c.position)
