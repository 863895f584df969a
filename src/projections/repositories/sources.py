"""Where a repository's line comes from: what is now, or what was as of a position."""

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    select,
)

from events.statement import among
from events.table import events, table_of
from projections.access import Access
from projections.as_of import AS_OF, rows_then
from projections.installations import InstallationRow, installation_versions
from projections.lanes.model import circumstances_versions, lane_circumstances
from projections.repositories.model import RepositoryRow, repository_versions
from projections.workflows.model import NEEDS_HUMAN, UNDER_WAY, WAITING, workflows
from projections.workflows.then import turns_then

_QUEUED, _BLOCKED = WAITING
_COUNTED = {
    "needs_human": (NEEDS_HUMAN,),
    "queued": (_QUEUED,),
    "blocked": (_BLOCKED,),
    "under_way": UNDER_WAY,
}

_Counts: TypeAlias = tuple[ColumnElement[int], ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """Repositories, installations and what holds for lanes, by the names of the tables' columns.

    ``counts`` are the numbers of a repository's workflows in groups of stages, out of ``work``
    where that is joined to the repositories. ``within`` is whose they may be.
    """

    repositories: FromClause
    installations: FromClause
    lanes: FromClause
    counts: _Counts
    within: ColumnElement[bool]
    work: FromClause | None = None


def sources(access: Access, then: bool) -> Sources:  # noqa: FBT001 (as of a position, or now)
    """Return the sources of lines as they are within reach, or as they were at a position.

    Of a repository that moved behind it nobody but who sees everything is shown how it was.
    """
    return _then(access) if then else _now(access)


def _now(access: Access) -> Sources:
    repositories = table_of(RepositoryRow)
    return Sources(
        repositories,
        table_of(InstallationRow),
        lane_circumstances,
        tuple(_count(stages).label(name) for name, stages in _COUNTED.items()),
        access.holds(repositories.c.id),
    )


def _count(stages: tuple[str, ...]) -> ScalarSelect[int]:
    """Count the workflows of one repository, which the index on both does without their rows."""
    repositories = table_of(RepositoryRow)
    return (
        select(func.count())
        .select_from(workflows)
        .where(workflows.c.repository_id == repositories.c.id, among(workflows.c.stage, stages))
        .correlate(repositories)
        .scalar_subquery()
    )


def _then(access: Access) -> Sources:
    repositories, work = _repositories_then(), _work_then()
    counts = tuple(func.coalesce(work.c[name], 0).label(name) for name in _COUNTED)
    return Sources(
        repositories,
        rows_then(table_of(InstallationRow), installation_versions),
        rows_then(lane_circumstances, circumstances_versions),
        counts,
        access.since(repositories.c.id, AS_OF),
        work,
    )


def _repositories_then() -> FromClause:
    """Select repositories as they were; of their events those behind a version are counted."""
    known = rows_then(table_of(RepositoryRow), repository_versions)
    behind = and_(
        events.c.repository_id == known.c.id,
        events.c.position > known.c.position,
        events.c.position <= AS_OF,
    )
    number = select(func.count()).select_from(events).where(behind).correlate(known)
    heard = select(events.c.recorded_at).where(behind).order_by(events.c.position.desc()).limit(1)
    last = heard.correlate(known).scalar_subquery()
    counted = {
        "event_count": known.c.event_count + number.scalar_subquery(),
        "last_event_at": func.coalesce(last, known.c.last_event_at),
    }
    columns = (counted.get(each.name, each).label(each.name) for each in known.columns)
    return select(*columns).subquery("counted_then")


def _work_then() -> FromClause:
    """Count the workflows of all repositories in one pass over their turns."""
    then = turns_then()
    numbers = (
        func.sum(case((among(then.c.stage, stages), 1), else_=0)).label(name)
        for name, stages in _COUNTED.items()
    )
    query: Select[tuple[object, ...]] = select(then.c.repository_id, *numbers)
    return query.group_by(then.c.repository_id).subquery("work_then")
