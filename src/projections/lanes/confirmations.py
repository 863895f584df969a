"""Which actions GitHub has shown to be done; the lanes tell, since they know both sides."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from events.table import BIG_INTEGER, table_of


class ConfirmationRow(SQLModel, table=True):
    """An action, and the event after which it was known to be done."""

    __tablename__ = "confirmations"

    action_id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    at: datetime


confirmations = table_of(ConfirmationRow)
