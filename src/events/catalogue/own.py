"""What every event of our own is."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, JsonValue

Json = JsonValue
MAX_REASON = 500


class OwnEvent(BaseModel):
    """The payload of an event that we say ourselves; the class says its type and version."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    type: ClassVar[str]
    action: ClassVar[str]
    schema_version: ClassVar[int] = 1
