"""Events for tests."""

from typing import Any
from uuid import uuid4

from events.envelope import NewEvent


def an_event(**overrides: Any) -> NewEvent:  # noqa: ANN401 (any of the fields)
    """A small delivery, with fields overridden by name."""
    fields: dict[str, Any] = {
        "id": uuid4(),
        "source": "github",
        "type": "ping",
        "payload": '{"zen":"Design for failure."}',
        "headers": '{"content_type":"application/json"}',
    }
    return NewEvent(**(fields | overrides))
