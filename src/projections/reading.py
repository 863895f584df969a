"""Reading a stored event once, for every projection."""

from events.delivery import delivered
from events.envelope import GITHUB, Event
from events.errors import OrchestratorError
from events.interpret import Problem, read_delivery
from projections.projection import ReadEvent


def read_event(event: Event) -> ReadEvent:
    """Parse an event's payload and read the facts in it; our own events have none. Total."""
    if event.source != GITHUB:
        return ReadEvent(event)
    try:
        payload = delivered(event)
    except OrchestratorError as error:
        problem = Problem(path="$", expected="a delivery's payload", found=type(error).__name__)
        return ReadEvent(event, problems=(problem,))
    reading = read_delivery(event.type, event.action, payload)
    return ReadEvent(event, reading.facts, reading.problems)
