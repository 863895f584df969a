"""Queries over costs: sums by repository or issue, of a month or of all time."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    Select,
    Subquery,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from aggregates.actions import TRAITS
from aggregates.lane.spending import STARTING
from events.statement import Statement
from events.table import BIG_INTEGER
from projections.access import Access, built_once
from projections.as_of import AS_OF
from projections.costs.item import Costs, IssueCosts
from projections.costs.model import COUNTED, SESSION, costs
from projections.references import GITHUB_COM, Links
from projections.workflows.titles import NAMES, NAMES_THEN, with_names, with_names_then

By: TypeAlias = Literal["repository_id", "issue_number"]
Conditions: TypeAlias = Sequence[ColumnElement[bool]]

_ASSIGN = "assign"
_RERUN = "rerun_failed_jobs"
_MENTIONING = tuple(kind for kind in STARTING if TRAITS[kind].speaks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to sum up: of one repository, issue or month; None: of any.

    ``today`` is the day of which sessions are counted besides.
    """

    repository: int | None = None
    issue: int | None = None
    month: str | None = None
    today: date = date.min

    @property
    def values(self) -> dict[str, Any]:
        """What is compared, by the names of the conditions."""
        asked: dict[str, Any] = {"repository": self.repository, "issue": self.issue}
        if self.month is not None:
            year, month = map(int, self.month.split("-"))
            last = monthrange(year, month)[1]
            asked |= {"first": date(year, month, 1), "last": date(year, month, last)}
        return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Summed:
    """What something cost; ``today`` are the sessions of the day that was asked for."""

    costs: Costs
    today: int


def costs_of_repositories(  # noqa: PLR0913 (what a page hangs on)
    connection: Connection,
    access: Access,
    wanted: Wanted,
    after: int,
    limit: int,
    as_of: int | None = None,
) -> dict[int, Summed]:
    """Return sums by repository, of ids greater than ``after``, by id."""
    values = _values(access, wanted, as_of) | {"after": after, "limit": limit}
    query = _by_repository(access, frozenset(wanted.values), as_of is not None)
    rows = connection.execute(query, values).mappings()
    return {row["repository_id"]: _summed(row) for row in rows}


def costs_of_issues(  # noqa: PLR0913 (likewise)
    connection: Connection,
    access: Access,
    wanted: Wanted,
    after: int,
    limit: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> list[IssueCosts]:
    """Return sums by issue of a repository, of numbers greater than ``after``, by number."""
    values = _values(access, wanted, as_of) | {"after": after, "limit": limit}
    query = _by_issue(access, frozenset(wanted.values), as_of is not None)
    return [
        IssueCosts(
            issue=links.issue(row["full_name"], row["issue_number"], row["issue_title"]),
            costs=_summed(row).costs,
        )
        for row in connection.execute(query, values).mappings()
    ]


def sum_of_costs(
    connection: Connection, access: Access, wanted: Wanted, as_of: int | None = None
) -> Summed:
    """Return the sum of all that is wanted."""
    total = _total(access, frozenset(wanted.values), as_of is not None)
    [row] = total.mappings(connection, _values(access, wanted, as_of))
    return _summed(row)


def count_with_costs(
    connection: Connection, access: Access, by: By, wanted: Wanted, as_of: int | None = None
) -> int:
    """Return how many repositories, or issues of one, something was done for."""
    query = _counted(access, by, frozenset(wanted.values), as_of is not None)
    return connection.scalar(query, _values(access, wanted, as_of)) or 0


def _values(access: Access, wanted: Wanted, as_of: int | None) -> dict[str, Any]:
    return {"as_of": as_of, "today": wanted.today} | wanted.values | access.values


@built_once
def _by_repository(access: Access, names: frozenset[str], then: bool) -> Select[Any]:  # noqa: FBT001 (as of a position, or now)
    return _grouped(_counts(access, names, then, "repository_id"), "repository_id")


@built_once
def _by_issue(access: Access, names: frozenset[str], then: bool) -> Select[Any]:  # noqa: FBT001 (likewise)
    """Sum up by issue, and name those that are shown: one repository is wanted."""
    by: tuple[By, ...] = ("repository_id", "issue_number")
    page = _grouped(_counts(access, names, then, *by), *by).subquery("page")
    named, columns = (with_names_then, NAMES_THEN) if then else (with_names, NAMES)
    joined = named(page, page.c.repository_id, page.c.issue_number)
    return select(page, *columns).select_from(joined).order_by(page.c.issue_number)


@built_once
def _total(access: Access, names: frozenset[str], then: bool) -> Statement:  # noqa: FBT001 (likewise)
    return Statement(select(*_sums(_counts(access, names, then))))


@built_once
def _counted(access: Access, by: By, names: frozenset[str], then: bool) -> Select[Any]:  # noqa: FBT001 (likewise)
    query = select(func.count(costs.c[by].distinct()))
    return query.where(*_conditions(access, names, then))


def _grouped(counts: Subquery, *by: By) -> Select[Any]:
    """Sum up by some columns, of which the last one is paged by."""
    keys = [counts.c[name] for name in by]
    query = select(*keys, *_sums(counts)).where(keys[-1] > bindparam("after")).group_by(*keys)
    return query.order_by(keys[-1]).limit(bindparam("limit", type_=Integer))


def _counts(access: Access, names: frozenset[str], then: bool, *by: By) -> Subquery:  # noqa: FBT001 (likewise)
    """Select how many requests of each kind there are, and how long all sessions went, by ``by``.

    They are counted apart, each along ``ix_costs_kind``: to group requests by session as well made
    groups of one, and took half the time of a page of a repository with 400 of them in a month.
    """
    conditions = tuple(_conditions(access, names, then))
    requests = _requests(conditions, by)
    return union_all(requests, _sessions(conditions, by)).subquery("counts")


def _requests(conditions: Conditions, by: Sequence[By]) -> Select[Any]:
    c = costs.c
    keys = [c[name] for name in by]
    today = func.sum(case((c.day == bindparam("today"), 1), else_=0))
    none = cast(null(), BIG_INTEGER)
    columns = (
        c.kind,
        func.count().label("times"),
        today.label("today"),
        none.label("seconds"),
    )
    query = select(*keys, *columns).where(c.kind != SESSION, *conditions)
    return query.group_by(*keys, c.kind)


def _sessions(conditions: Conditions, by: Sequence[By]) -> Select[Any]:
    """Sum up rounds: of what was told of one, the first that tells its end, else the longest."""
    c = costs.c
    of_one = (c.repository_id, c.issue_number, c.session)
    went = func.coalesce(func.min(case((c.ended, c.seconds))), func.max(c.seconds))
    told = select(*of_one, went.label("seconds")).where(c.kind == SESSION, *conditions)
    rounds = told.group_by(*of_one).subquery("rounds")
    keys = [rounds.c[name] for name in by]
    kind = literal(SESSION).label("kind")
    columns = (kind, literal(0), literal(0), func.sum(rounds.c.seconds))
    return select(*keys, *columns).group_by(*keys)


def _conditions(
    access: Access,
    names: frozenset[str],
    then: bool,  # noqa: FBT001 (likewise)
) -> Iterator[ColumnElement[bool]]:
    c = costs.c
    yield access.since(c.repository_id, c.position)
    if then:
        yield c.position <= AS_OF
        yield or_(c.called_off.is_(None), c.called_off > AS_OF)
    else:
        yield c.called_off.is_(None)
    if "repository" in names:
        yield c.repository_id == bindparam("repository")
    if "issue" in names:
        yield c.issue_number == bindparam("issue")
    if "first" in names:
        yield c.day.between(bindparam("first"), bindparam("last"))


def _sums(counts: Subquery) -> Sequence[ColumnElement[Any]]:
    c = counts.c
    of_each = [_sum_of(c.times, (kind,), counts).label(kind) for kind in COUNTED]
    today = _sum_of(c.today, STARTING, counts).label("today")
    return *of_each, today, func.sum(c.seconds).label("seconds")


def _sum_of(what: ColumnElement[int], kinds: Sequence[str], counts: Subquery) -> ColumnElement[int]:
    # Not by IN, whose list would be written out anew with each execution.
    is_one = or_(*(counts.c.kind == kind for kind in kinds))
    return func.sum(case((is_one, what), else_=0))


def _summed(row: RowMapping | Mapping[str, Any]) -> Summed:
    times: dict[str, int] = {kind: int(row[kind] or 0) for kind in COUNTED}
    sessions, seconds = sum(times[kind] for kind in STARTING), row["seconds"]
    found = Costs(
        sessions=sessions,
        assignments=times[_ASSIGN],
        rounds=sessions - times[_ASSIGN],
        mentions={kind: times[kind] for kind in _MENTIONING if times[kind]},
        reruns=times[_RERUN],
        minutes=None if seconds is None else (int(seconds) + 30) // 60,
    )
    return Summed(found, int(row["today"] or 0))
