"""What costs something, as events: requests of ours, and what GitHub tells of sessions."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from events.catalogue import About, Json, ResyncObserved, own_event
from events.envelope import NewEvent
from tests.projections.own_events import LANE

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def a_session(  # noqa: PLR0913 (what tells one answer from another)
    minutes: float,
    state: str = "completed",
    *,
    task: str = "7",
    began_at: datetime = BEGAN,
    issue: int = 17,
    about: About = LANE,
) -> NewEvent:
    """GitHub tells how a session stands that began then, and moved so many minutes later."""
    moved_at = began_at + timedelta(minutes=minutes)
    told: dict[str, Json] = {
        "number": issue,
        "id": task,
        "state": state,
        "asked_at": (moved_at + timedelta(seconds=1)).isoformat(),
        "began_at": began_at.isoformat(),
        "updated_at": moved_at.isoformat(),
    }
    return own_event(ResyncObserved(kind="session", object=told), uuid4(), about=about)
