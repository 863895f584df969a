"""Which actions GitHub has shown to be done; the lanes tell, since they know both sides."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from aggregates.actions import confirmed
from aggregates.workflow import Workflow
from events.envelope import Event
from events.table import BIG_INTEGER, table_of
from projections.engine.projection import Derivation


class ConfirmationRow(SQLModel, table=True):
    """An action, and the event after which it was known to be done."""

    __tablename__ = "confirmations"

    action_id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    at: datetime


confirmations = table_of(ConfirmationRow)


def confirmed_now(
    before: Workflow | None, after: Workflow | None, event: Event
) -> Iterator[Derivation]:
    """Yield the actions that an event showed to be done."""
    if after is None or not after.handling.asked:
        return
    known = {asked.id for asked in confirmed(before)} if before is not None else set()
    for asked in confirmed(after):
        if asked.id not in known:
            values = {"position": event.position, "at": event.recorded_at}
            yield Derivation(confirmations, (asked.id,), values)
