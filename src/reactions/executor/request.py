"""Reading the request of a task back from the log."""

from pydantic import ValidationError

from events.catalogue import ActionRequested, content_of
from events.envelope import Event
from events.errors import OrchestratorError, UnknownEventType
from events.log import EventLog


class Unreadable(OrchestratorError):
    """A request that this release cannot read; never says what is in it."""


async def read(log: EventLog, position: int) -> tuple[Event, ActionRequested] | None:
    """Return a live request with its event; None where there is none to be done.

    Raises Unreadable for one that another release wrote.
    """
    event = await log.event(position)
    if event is None:
        return None
    try:
        content = content_of(event)
    except (UnknownEventType, ValidationError) as error:
        problem = type(error).__name__  # its text quotes the event
    else:
        live = isinstance(content, ActionRequested) and content.mode == "live"
        return (event, content) if live and isinstance(content, ActionRequested) else None
    raise Unreadable(problem)
