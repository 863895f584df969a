"""What holds for each lane, as pages show it beside the repository."""

from typing import Any

from sqlmodel import Field, SQLModel

from aggregates.circumstances import Circumstances
from aggregates.lane import Lane
from events.scalars import storable
from events.table import BIG_INTEGER, GIVEN, table_of


class LaneCircumstancesRow(SQLModel, table=True):
    """A lane's mode and where it comes from, its pause, and as whom we act in it.

    ``paused_where`` is None for a lane that nothing pauses, ``acting_user`` is a login.
    """

    __tablename__ = "lane_pages"

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    mode: str
    mode_origin: str
    paused_where: str | None = None
    paused_reason: str | None = None
    acting_user: str | None = None


lane_circumstances = table_of(LaneCircumstancesRow)


def circumstances_row(lane: Lane, around: Circumstances) -> dict[str, Any]:
    """Return the row of a lane in its circumstances, all columns but the key."""
    paused, acting = around.paused, around.acting_user
    return {
        "installation_id": lane.installation_id,
        "mode": around.mode,
        "mode_origin": around.mode_origin,
        "paused_where": around.paused_where,
        "paused_reason": storable(paused.reason) if paused else None,
        "acting_user": storable(acting.login) if acting else None,
    }
