"""Queries over actions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Select, func, select

from aggregates.lane.conduct import Outcome
from events.catalogue import ActionKind, ActionMode
from projections.access import Access
from projections.actions.fold import ACTIONS
from projections.actions.model import Action
from projections.lanes.confirmations import confirmations

_actions = ACTIONS.table


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFilter:
    """What to list; None: anything. ``before`` is the position of a request."""

    repository: int | None = None
    issue: int | None = None
    kind: ActionKind | None = None
    outcome: Outcome | None = None
    mode: ActionMode | None = None
    before: int | None = None
    confirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class ActionPage:
    """An action, and since when GitHub's own deliveries have shown its effect, if they have."""

    action: Action
    confirmed_at: datetime | None
    confirmed_position: int | None


def list_actions(
    connection: Connection, access: Access, wanted: ActionFilter, limit: int
) -> list[ActionPage]:
    """Return the actions that match, the newest request first."""
    query = _pages(access).where(*_conditions(wanted))
    query = query.order_by(_actions.c.position.desc()).limit(limit)
    return [_page(row) for row in connection.execute(query).mappings()]


def find_action(connection: Connection, access: Access, action_id: UUID) -> ActionPage | None:
    """Return one action, None where there is none within reach."""
    query = _pages(access).where(_actions.c.id == action_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _page(row)


def count_failed(connection: Connection, access: Access) -> int:
    """Return how many actions ever failed for good."""
    query = select(func.count()).select_from(_actions)
    within = access.condition(_actions.c.installation_id)
    return connection.scalar(query.where(_actions.c.outcome == "failed", within)) or 0


def _conditions(wanted: ActionFilter) -> Iterator[ColumnElement[bool]]:
    columns: tuple[tuple[Column[Any], object], ...] = (
        (_actions.c.repository_id, wanted.repository),
        (_actions.c.issue_number, wanted.issue),
        (_actions.c.kind, wanted.kind),
        (_actions.c.outcome, wanted.outcome),
        (_actions.c.mode, wanted.mode),
    )
    yield from (column == value for column, value in columns if value is not None)
    if wanted.confirmed is not None:
        known = confirmations.c.action_id.is_not(None)
        yield known if wanted.confirmed else ~known
    if wanted.before is not None:
        yield _actions.c.position < wanted.before


def _pages(access: Access) -> Select[tuple[object, ...]]:
    joined = _actions.outerjoin(confirmations, confirmations.c.action_id == _actions.c.id)
    columns = (
        *_actions.columns,
        confirmations.c.at.label("confirmed_at"),
        confirmations.c.position.label("confirmed_position"),
    )
    within = access.condition(_actions.c.installation_id)
    return select(*columns).select_from(joined).where(within)


def _page(row: RowMapping) -> ActionPage:
    values = dict(row)
    at, position = values.pop("confirmed_at"), values.pop("confirmed_position")
    return ActionPage(Action.model_construct(**values), at, position)
