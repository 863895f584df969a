"""An action as it is shown: what was requested and what came of it, and whom it is about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping

from projections.actions.model import DescribedAction
from projections.engine.projection import built
from projections.references import IssueRef, Links, PullRequestRef, RepositoryRef

ActionState: TypeAlias = Literal["requested", "sent", "confirmed", "failed", "cancelled"]


class Cause(BaseModel):
    """The event that an action follows."""

    position: int = Field(description="in the log", examples=[1042])
    id: UUID


class ActionItem(DescribedAction):
    """An action, whom it is about, and how far it came."""

    repository: RepositoryRef | None
    issue: IssueRef
    pull_request: PullRequestRef | None
    cause: Cause | None = Field(
        description="the event since which it was due: a delivery, a command, or a timer that fired"
    )
    state: ActionState = Field(
        description="`sent`: GitHub took it; `confirmed`: its own deliveries show the effect"
    )
    confirmed_at: datetime | None
    confirmed_position: int | None = Field(description="the event after which it was known")


def item_of(row: RowMapping, links: Links, as_of: int | None = None) -> ActionItem:
    """Show a row of an action with its cause, its confirmation, and what is known by name.

    As of a position it was as it was asked for, where its outcome came later.
    """
    under_way = as_of is not None and (row["outcome_position"] or 0) > as_of
    told: dict[str, Any] = dict(row) | (_NO_OUTCOME if under_way else {})
    position, name, whose = row["cause_position"], row["full_name"], row["repository_id"]
    values = {
        **told,
        "repository": None if whose is None else links.repository(whose, name),
        "issue": links.issue(name, row["issue_number"], row["issue_title"]),
        "pull_request": _pull_request(row, links),
        "cause": None if position is None else Cause(position=position, id=row["cause"]),
        "state": _state(told),
    }
    # All of it is of the types that the columns have: to validate a SQLModel takes 0.1 ms.
    return built(ActionItem, {name: values[name] for name in ActionItem.model_fields})


_LATER = ("outcome", "outcome_position", "outcome_at", "attempts", "error", "answer")
_NO_OUTCOME = {
    name: DescribedAction.model_fields[name].get_default(call_default_factory=True)
    for name in _LATER
}


def _pull_request(row: RowMapping, links: Links) -> PullRequestRef | None:
    number = row["pull_request_number"]
    if number is None:
        return None
    is_known = row["known_pull_request"] == number  # the one that works on the issue now
    title = row["pull_request_title"] if is_known else None
    return links.pull_request(row["full_name"], number, title)


def _state(row: Mapping[str, Any]) -> ActionState:
    if row["outcome"] in ("failed", "cancelled"):
        return "failed" if row["outcome"] == "failed" else "cancelled"
    if row["confirmed_at"] is not None:
        return "confirmed"
    return "sent" if row["outcome"] == "succeeded" else "requested"
