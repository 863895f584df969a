"""Reading stored deliveries into facts: pure and total, run on read and never before storing."""

from events.interpret.delivery import Delivered
from events.interpret.reading import Problem, Reading
from events.interpret.registry import READERS
from events.json_types import JsonObject

__all__ = ["Problem", "Reading", "read_delivery"]

_NOTHING = Reading()


def read_delivery(event: str, action: str | None, payload: JsonObject) -> Reading:
    """Read the facts in a delivery of a GitHub event, whatever the payload looks like.

    Never raises: a fact that cannot be read becomes a problem and leaves the others alone, and an
    event that we do not know has neither.
    """
    readers = READERS.get(event)
    return Delivered(action, payload).read(readers) if readers else _NOTHING
