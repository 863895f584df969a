"""Reading a built delivery and picking the fact that a test is about."""

from typing import TypeVar

from events.github import Fact, Reading, read_delivery
from simulator.payloads import Payload

# Events that are built for tests and the simulator, but of which no reader makes facts.
# What concerns a whole organisation is read by its envelope alone (aggregates/surroundings.py).
UNREAD = {"membership", "organization"}

F = TypeVar("F", bound=Fact)


def read(event: str, payload: Payload) -> Reading:
    """Read a payload as its event is: an action that is no text is none in the event's column."""
    action = payload.get("action")
    return read_delivery(event, action if isinstance(action, str) else None, payload)


def facts_of(kind: type[F], event: str, payload: Payload) -> list[F]:
    return [fact for fact in read(event, payload).facts if isinstance(fact, kind)]


def fact_of(kind: type[F], event: str, payload: Payload) -> F:
    [fact] = facts_of(kind, event, payload)
    return fact
