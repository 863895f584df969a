"""Workflows of all repositories, by whom they wait for, for how long, and what they are about."""

from typing import Any, Literal, Self, TypeAlias

from pydantic import Field, model_validator
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    cast,
    func,
    select,
    tuple_,
)

from aggregates.stages import Stage, WorkflowAttention
from events.table import table_of
from projections.access import Access, built_once
from projections.counting import counted
from projections.filters import Filter, Number, Time, Whose, sought
from projections.references import GITHUB_COM, Links
from projections.repositories.model import RepositoryRow
from projections.search import SearchText, folded_containing
from projections.windows import Key, Window
from projections.workflows.across_then import across_then, matching_then
from projections.workflows.item import WorkflowItem, item_of
from projections.workflows.model import versions, workflows

WorkflowOrder: TypeAlias = Literal["number", "waiting"]
_KEYS: dict[WorkflowOrder, tuple[str, ...]] = {
    "number": ("repository_id", "issue_number"),
    "waiting": ("since_position", "repository_id", "issue_number"),
}


class WorkflowFilter(Filter):
    """Which workflows to list; None: any. ``since`` and ``until`` are of its present stage."""

    stage: tuple[Stage, ...] | None = Field(None, description="one of these, given several times")
    attention: tuple[WorkflowAttention, ...] | None = Field(
        None, description="one of these, given several times"
    )
    repository: Whose | None = Field(
        None, description="GitHub's numeric id, or owner/name, former names included"
    )
    issue: Number | None = Field(None, description="an issue's number")
    q: SearchText | None = Field(
        None, description="in titles, labels, the reason, or who is waited for; in any case"
    )
    since: Time | None = Field(None, description="came to its stage at this time or later")
    until: Time | None = Field(None, description="came to its stage before this time")


class WorkflowListing(WorkflowFilter):
    """Which workflows to list, in which order, and behind which key."""

    order: WorkflowOrder = Field(
        "number",
        description="`number`: by repository and issue; `waiting`: the longest in its stage first",
    )
    after: str | None = Field(
        None, pattern=r"^\d{1,18}(:\d{1,18}){1,2}$", description="the key of the one before"
    )

    @property
    def key(self) -> Key | None:
        """Where the list begins."""
        return tuple(map(int, self.after.split(":"))) if self.after else None

    @model_validator(mode="after")
    def _is_of_its_order(self) -> Self:
        if self.key is not None and len(self.key) != len(_KEYS[self.order]):
            raise ValueError(f"after is no key of the order {self.order}: follow next as it is")
        return self

    def behind(self, key: Key) -> Self:
        """Return the same, behind a key."""
        return self.model_copy(update={"after": ":".join(map(str, key))})


def list_across(  # noqa: PLR0913 (what a page hangs on)
    connection: Connection,
    access: Access,
    wanted: WorkflowListing,
    limit: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> Window[WorkflowItem]:
    """Return workflows of all repositories in an order, and the key behind which there are more."""
    values = sought(connection, access, WorkflowFilter, wanted)
    order, later = wanted.order, wanted.key is not None
    if as_of is None:
        query = _listed(access, frozenset(values), order, later=later)
    else:
        query = across_then(access, frozenset(values), _KEYS[order], later=later)
    values |= {f"after_{n}": part for n, part in enumerate(wanted.key or ())}
    values |= {"limit": limit + 1, "as_of": as_of} | access.values
    rows = connection.execute(query, values).mappings().all()
    items = [item_of(row, row["since"], row["since_position"], links) for row in rows[:limit]]
    last = tuple(rows[limit - 1][name] for name in _KEYS[order]) if len(rows) > limit else None
    return Window(items, last)


def count_across(
    connection: Connection, access: Access, wanted: WorkflowFilter, as_of: int | None = None
) -> int | None:
    """Return how many workflows match; None: too many to be counted for a page."""
    values = sought(connection, access, WorkflowFilter, wanted)
    matching = _matching if as_of is None else matching_then
    query = matching(access, frozenset(values))
    return counted(connection, query, {"as_of": as_of, **values, **access.values})


_repositories = table_of(RepositoryRow)
_earlier = versions.alias("entering")


def _since() -> ScalarSelect[int]:
    """Select the position of the event that brought a workflow to its stage."""
    same = and_(
        _earlier.c.repository_id == workflows.c.repository_id,
        _earlier.c.issue_number == workflows.c.issue_number,
        _earlier.c.entered,
    )
    newest = select(func.max(_earlier.c.position)).where(same).correlate(workflows)
    return newest.scalar_subquery()


_SINCE = _since()
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "stage": workflows.c.stage.in_(bindparam("stage", expanding=True)),
    "attention": workflows.c.attention.in_(bindparam("attention", expanding=True)),
    "repository": workflows.c.repository_id == bindparam("repository"),
    "issue": workflows.c.issue_number == bindparam("issue"),
    "q": folded_containing(workflows.c.words),
    "since": bindparam("since", type_=Integer) < _SINCE,
    "until": bindparam("until", type_=Integer) >= _SINCE,
}
_NUMBER = (workflows.c.repository_id, workflows.c.issue_number)


@built_once
def _listed(
    access: Access, names: frozenset[str], order: WorkflowOrder, *, later: bool
) -> Select[Any]:
    """Select a window's keys first: documents are read of what is shown alone."""
    window = _window(access, names, order, later=later)
    joined = window.join(
        workflows,
        and_(
            workflows.c.repository_id == window.c.repository_id,
            workflows.c.issue_number == window.c.issue_number,
        ),
    ).join(
        versions,
        and_(
            versions.c.repository_id == window.c.repository_id,
            versions.c.issue_number == window.c.issue_number,
            versions.c.position == window.c.since_position,
        ),
    )
    named = joined.outerjoin(_repositories, _repositories.c.id == window.c.repository_id)
    shown = (
        *_NUMBER,
        workflows.c.position,
        cast(workflows.c.document, Text).label("document"),
        window.c.since_position,
        versions.c.recorded_at.label("since"),
        _repositories.c.full_name,
    )
    return select(*shown).select_from(named).order_by(*_key(order, window))


def _window(
    access: Access, names: frozenset[str], order: WorkflowOrder, *, later: bool
) -> Subquery:
    found = select(*_NUMBER, _SINCE.label("since_position")).where(*_where(access, names))
    inner = found.subquery("found")
    key = _key(order, inner)
    query = select(inner)
    if later:
        parts = [bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(key)]
        query = query.where(tuple_(*key) > tuple_(*parts))
    return query.order_by(*key).limit(bindparam("limit", type_=Integer)).subquery("page")


def _key(order: WorkflowOrder, table: Subquery) -> tuple[ColumnElement[int], ...]:
    return tuple(table.c[name] for name in _KEYS[order])


@built_once
def _matching(access: Access, names: frozenset[str]) -> Select[Any]:
    return select(workflows.c.issue_number).where(*_where(access, names))


def _where(access: Access, names: frozenset[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        access.holds(workflows.c.repository_id),
        *(_CONDITIONS[name] for name in sorted(names)),
    )
