"""Queries over actions."""

from collections.abc import Iterator
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from aggregates.lane.ours import Outcome
from events.catalogue import ActionKind, ActionMode
from events.table import events
from projections.access import Access
from projections.actions.fold import ACTIONS
from projections.actions.model import ActionItem, ActionState
from projections.filters import Filter, Number, equalities
from projections.lanes.model import confirmations

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
    connection: Connection, access: Access, wanted: ActionFilter, limit: int
) -> list[ActionItem]:
    """Return the actions that match, the newest request first."""
    query = _items(access).where(*_conditions(wanted))
    query = query.order_by(_actions.c.position.desc()).limit(limit)
    return [_item(row) for row in connection.execute(query).mappings()]


def find_action(connection: Connection, access: Access, action_id: UUID) -> ActionItem | None:
    """Return one action, None where there is none within reach."""
    query = _items(access).where(_actions.c.id == action_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _item(row)


def count_failed(connection: Connection, access: Access) -> int:
    """Return how many actions ever failed for good."""
    query = select(func.count()).select_from(_actions)
    within = access.condition(_actions.c.installation_id)
    return connection.scalar(query.where(_actions.c.outcome == "failed", within)) or 0


def _conditions(wanted: ActionFilter) -> Iterator[ColumnElement[bool]]:
    yield from equalities(
        (_actions.c.repository_id, wanted.repository),
        (_actions.c.issue_number, wanted.issue),
        (_actions.c.kind, wanted.kind),
        (_actions.c.outcome, wanted.outcome),
        (_actions.c.mode, wanted.mode),
    )
    if wanted.confirmed is not None:
        known = confirmations.c.action_id.is_not(None)
        yield known if wanted.confirmed else ~known
    if wanted.before is not None:
        yield _actions.c.position < wanted.before


def _items(access: Access) -> Select[tuple[object, ...]]:
    joined = _actions.outerjoin(confirmations, confirmations.c.action_id == _actions.c.id)
    joined = joined.outerjoin(events, events.c.id == _actions.c.cause)
    columns = (
        *_actions.columns,
        confirmations.c.at.label("confirmed_at"),
        confirmations.c.position.label("confirmed_position"),
        events.c.position.label("cause_position"),
    )
    within = access.condition(_actions.c.installation_id)
    return select(*columns).select_from(joined).where(within)


def _item(row: RowMapping) -> ActionItem:
    about = {
        "repository": row["repository_id"],
        "issue": row["issue_number"],
        "pull_request": row["pull_request_number"],
    }
    position = row["cause_position"]
    cause = None if position is None else {"position": position, "id": row["cause"]}
    return ActionItem.model_validate({**row, **about, "cause": cause, "state": _state(row)})


def _state(row: RowMapping) -> ActionState:
    if row["outcome"] in ("failed", "cancelled"):
        return "failed" if row["outcome"] == "failed" else "cancelled"
    if row["confirmed_at"] is not None:
        return "confirmed"
    return "sent" if row["outcome"] == "succeeded" else "requested"
