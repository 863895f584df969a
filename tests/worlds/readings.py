"""What our readers make of a world's deliveries."""

from collections.abc import Iterable
from typing import TypeVar

from events.delivery import delivered
from events.envelope import NewEvent
from events.github import Fact, Reading, read_delivery
from events.github.merge import Key, identity_of, merge
from tests.projections.builders import placed

F = TypeVar("F", bound=Fact)


def read(event: NewEvent) -> Reading:
    return read_delivery(event.type, event.action, delivered(placed(event, 1)))


def facts_in(kind: type[F], deliveries: Iterable[NewEvent]) -> list[F]:
    found = [fact for event in deliveries for fact in read(event).facts]
    return [fact for fact in found if isinstance(fact, kind)]


def merged(kind: type[F], deliveries: Iterable[NewEvent]) -> dict[Key, F]:
    known: dict[Key, F] = {}
    for fact in facts_in(kind, deliveries):
        key = identity_of(fact)
        known[key] = merge(known[key], fact) if key in known else fact
    return known


def told(deliveries: Iterable[NewEvent]) -> list[str]:
    return [f"{each.type}.{each.action}" if each.action else each.type for each in deliveries]
