"""Reading a built delivery and picking the fact that a test is about."""

from typing import TypeVar

from events.facts import Fact
from events.interpret import Reading, read_delivery
from simulator.payloads import Payload

F = TypeVar("F", bound=Fact)


def read(event: str, payload: Payload) -> Reading:
    return read_delivery(event, payload.get("action"), payload)


def facts_of(kind: type[F], event: str, payload: Payload) -> list[F]:
    return [fact for fact in read(event, payload).facts if isinstance(fact, kind)]


def fact_of(kind: type[F], event: str, payload: Payload) -> F:
    [fact] = facts_of(kind, event, payload)
    return fact
