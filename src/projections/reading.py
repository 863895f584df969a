"""Reading a stored event once, for every projection."""

from events.envelope import Event
from events.telling import read_facts
from projections.projection import ReadEvent


def read_event(event: Event) -> ReadEvent:
    """Parse an event's payload and read the facts in it, if it tells any. Total."""
    reading = read_facts(event)
    return ReadEvent(event, reading.facts, reading.problems)
