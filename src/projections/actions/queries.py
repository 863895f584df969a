"""Queries over actions."""

from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    func,
    select,
)

from aggregates.lane.ours import Outcome
from events.catalogue import ActionKind, ActionMode
from events.table import events
from projections.access import Access, built_once
from projections.actions.fold import ACTIONS
from projections.actions.item import ActionItem, item_of
from projections.filters import Conditions, Filter, Number, equal, given
from projections.lanes.model import confirmations
from projections.references import GITHUB_COM, Links
from projections.workflows.titles import NAMES, with_names

_actions = ACTIONS.table


class ActionFilter(Filter):
    """Which actions to list; None: any."""

    repository: Number | None = Field(None, description="GitHub's numeric id")
    issue: Number | None = Field(None, description="an issue's number")
    kind: ActionKind | None = None
    outcome: Outcome | None = Field(None, description="`requested`: nothing came of it yet")
    mode: ActionMode | None = None
    confirmed: bool | None = Field(
        None, description="whether GitHub's own deliveries have shown its effect"
    )
    before: Number | None = Field(None, description="only requests before this position")


def list_actions(
    connection: Connection,
    access: Access,
    wanted: ActionFilter,
    limit: int,
    links: Links = GITHUB_COM,
) -> list[ActionItem]:
    """Return the actions that match, the newest request first."""
    values = given(ActionFilter, wanted)
    query = _listed(access, frozenset(values) - {"confirmed"}, values.pop("confirmed", None))
    rows = connection.execute(query, values | {"limit": limit} | access.values).mappings()
    return [item_of(row, links) for row in rows]


def find_action(
    connection: Connection, access: Access, action_id: UUID, links: Links = GITHUB_COM
) -> ActionItem | None:
    """Return one action, None where there is none within reach."""
    values = {"action_id": action_id} | access.values
    row = connection.execute(_of_id(access), values).mappings().one_or_none()
    return None if row is None else item_of(row, links)


def count_failed(connection: Connection, access: Access) -> int:
    """Return how many actions ever failed for good."""
    return connection.scalar(_failed(access), access.values) or 0


@built_once
def _failed(access: Access) -> Select[int]:
    query = select(func.count()).select_from(_actions)
    return query.where(_actions.c.outcome == "failed", _within(access))


_CONDITIONS: Conditions = {
    **equal(
        repository=_actions.c.repository_id,
        issue=_actions.c.issue_number,
        kind=_actions.c.kind,
        outcome=_actions.c.outcome,
        mode=_actions.c.mode,
    ),
    "before": _actions.c.position < bindparam("before"),
}
_CONFIRMED = confirmations.c.action_id.is_not(None)


@built_once
def _listed(access: Access, names: frozenset[str], confirmed: bool | None) -> Select[Any]:  # noqa: FBT001 (as it was asked)
    query = _items(access).where(*(_CONDITIONS[name] for name in sorted(names)))
    if confirmed is not None:
        query = query.where(_CONFIRMED if confirmed else ~_CONFIRMED)
    return query.order_by(_actions.c.position.desc()).limit(bindparam("limit", type_=Integer))


@built_once
def _of_id(access: Access) -> Select[Any]:
    return _items(access).where(_actions.c.id == bindparam("action_id"))


def _items(access: Access) -> Select[tuple[object, ...]]:
    joined = _actions.outerjoin(confirmations, confirmations.c.action_id == _actions.c.id)
    joined = joined.outerjoin(events, events.c.id == _actions.c.cause)
    joined = with_names(joined, _actions.c.repository_id, _actions.c.issue_number)
    columns = (
        *_actions.columns,
        confirmations.c.at.label("confirmed_at"),
        confirmations.c.position.label("confirmed_position"),
        events.c.position.label("cause_position"),
        *NAMES,
    )
    return select(*columns).select_from(joined).where(_within(access))


def _within(access: Access) -> ColumnElement[bool]:
    return access.told(_actions.c.repository_id, _actions.c.installation_id, _actions.c.position)
