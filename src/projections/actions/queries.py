"""Queries over actions."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
)

from aggregates.lane.ours import Outcome
from events.catalogue import ActionKind, ActionMode
from events.statement import Statement
from events.table import events
from projections.access import Access, built_once
from projections.actions.fold import ACTIONS
from projections.actions.item import ActionItem, item_of
from projections.as_of import AS_OF
from projections.counting import counted
from projections.filters import Conditions, Filter, Number, Time, Whose, equal, sought
from projections.lanes.model import confirmations
from projections.references import GITHUB_COM, Links
from projections.search import SearchText, containing
from projections.workflows.titles import NAMES, NAMES_THEN, with_names, with_names_then

_actions = ACTIONS.table


class ActionFilter(Filter):
    """Which actions to list; None: any."""

    repository: Whose | None = Field(
        None, description="GitHub's numeric id, or owner/name, former names included"
    )
    issue: Number | None = Field(None, description="an issue's number")
    pull_request: Number | None = Field(None, description="a pull request's number")
    kind: ActionKind | None = None
    outcome: Outcome | None = Field(None, description="`requested`: nothing came of it yet")
    mode: ActionMode | None = None
    confirmed: bool | None = Field(
        None, description="whether GitHub's own deliveries have shown its effect"
    )
    since: Time | None = Field(None, description="requested at this time or later")
    until: Time | None = Field(None, description="requested before this time")
    q: SearchText | None = Field(
        None, description="in the kind, the decision, or why it failed; ASCII letters in any case"
    )
    before: Number | None = Field(None, description="only requests before this position")


def list_actions(  # noqa: PLR0913 (what a page hangs on)
    connection: Connection,
    access: Access,
    wanted: ActionFilter,
    limit: int,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> list[ActionItem]:
    """Return the actions that match, the newest request first, now or as of a position."""
    values = sought(connection, access, ActionFilter, wanted)
    names, confirmed = frozenset(values) - {"confirmed"}, values.pop("confirmed", None)
    query = _listed(access, names, confirmed, as_of is not None)
    bound = {"as_of": as_of, "limit": limit, **values, **access.values}
    return [item_of(row, links, as_of) for row in connection.execute(query, bound).mappings()]


def count_actions(
    connection: Connection, access: Access, wanted: ActionFilter, as_of: int | None = None
) -> int | None:
    """Return how many actions match; None: more than are counted for a page."""
    values = sought(connection, access, ActionFilter, wanted)
    names, confirmed = frozenset(values) - {"confirmed"}, values.pop("confirmed", None)
    matching = _matching(access, names, confirmed, as_of is not None)
    return counted(connection, matching, {"as_of": as_of, **values, **access.values})


def find_action(
    connection: Connection,
    access: Access,
    action_id: UUID,
    links: Links = GITHUB_COM,
    as_of: int | None = None,
) -> ActionItem | None:
    """Return one action, None where there is, or then was, none within reach."""
    values = {"as_of": as_of, "action_id": action_id, **access.values}
    row = connection.execute(_of_id(access, as_of is not None), values).mappings().one_or_none()
    return None if row is None else item_of(row, links, as_of)


def count_failed(connection: Connection, access: Access, as_of: int | None = None) -> int:
    """Return how many actions ever failed for good, now or up to a position."""
    values = {"as_of": as_of} | access.values
    return int(_failed(access, as_of is not None).scalar(connection, values))


@built_once
def _failed(access: Access, then: bool) -> Statement:  # noqa: FBT001 (as of a position, or now)
    query = select(func.count()).select_from(_actions)
    query = query.where(_actions.c.outcome == "failed", _within(access))
    return Statement(query.where(_WAS_OVER) if then else query)


_CONDITIONS: Conditions = {
    **equal(
        repository=_actions.c.repository_id,
        issue=_actions.c.issue_number,
        pull_request=_actions.c.pull_request_number,
        kind=_actions.c.kind,
        outcome=_actions.c.outcome,
        mode=_actions.c.mode,
    ),
    "before": _actions.c.position < bindparam("before"),
    "since": _actions.c.position > bindparam("since"),
    "until": _actions.c.position <= bindparam("until"),
    "q": containing(_actions.c.kind, _actions.c.decision, _actions.c.error),
}
_WAS_OVER = _actions.c.outcome_position <= AS_OF
_outcome_then = case((_WAS_OVER, _actions.c.outcome), else_="requested")
_CONDITIONS_THEN: Conditions = {**_CONDITIONS, "outcome": _outcome_then == bindparam("outcome")}
_CONFIRMED = confirmations.c.action_id.is_not(None)


@built_once
def _listed(
    access: Access,
    names: frozenset[str],
    confirmed: bool | None,  # noqa: FBT001 (as it was asked)
    then: bool,  # noqa: FBT001 (likewise)
) -> Select[Any]:
    query = _items(access, then).where(*_where(names, confirmed, then))
    return query.order_by(_actions.c.position.desc()).limit(bindparam("limit", type_=Integer))


@built_once
def _matching(
    access: Access,
    names: frozenset[str],
    confirmed: bool | None,  # noqa: FBT001 (as it was asked)
    then: bool,  # noqa: FBT001 (likewise)
) -> Select[Any]:
    """Select what is counted, with nothing joined but what is asked about."""
    query = select(_actions.c.position).where(_within(access), *_where(names, confirmed, then))
    if confirmed is not None:
        query = query.select_from(_actions.outerjoin(confirmations, _shown(then)))
    return query.where(_actions.c.position <= AS_OF) if then else query


def _where(
    names: frozenset[str],
    confirmed: bool | None,  # noqa: FBT001 (likewise)
    then: bool,  # noqa: FBT001 (likewise)
) -> Iterator[ColumnElement[bool]]:
    conditions = _CONDITIONS_THEN if then else _CONDITIONS
    yield from (conditions[name] for name in sorted(names))
    if confirmed is not None:
        yield _CONFIRMED if confirmed else ~_CONFIRMED


def _shown(then: bool) -> ColumnElement[bool]:  # noqa: FBT001 (likewise)
    """Join an action with its confirmation; as of a position, if it was confirmed by then."""
    same = confirmations.c.action_id == _actions.c.id
    return and_(same, confirmations.c.position <= AS_OF) if then else same


@built_once
def _of_id(access: Access, then: bool) -> Select[Any]:  # noqa: FBT001 (likewise)
    return _items(access, then).where(_actions.c.id == bindparam("action_id"))


def _items(access: Access, then: bool) -> Select[tuple[object, ...]]:  # noqa: FBT001 (likewise)
    """Select actions; as of a position those asked for until then, and what was confirmed."""
    joined = _actions.outerjoin(confirmations, _shown(then))
    joined = joined.outerjoin(events, events.c.id == _actions.c.cause)
    named = with_names_then if then else with_names
    joined = named(joined, _actions.c.repository_id, _actions.c.issue_number)
    columns = (
        *_actions.columns,
        confirmations.c.at.label("confirmed_at"),
        confirmations.c.position.label("confirmed_position"),
        events.c.position.label("cause_position"),
        *(NAMES_THEN if then else NAMES),
    )
    query = select(*columns).select_from(joined).where(_within(access))
    return query.where(_actions.c.position <= AS_OF) if then else query


def _within(access: Access) -> ColumnElement[bool]:
    return access.told(_actions.c.repository_id, _actions.c.installation_id, _actions.c.position)
