"""An event as it goes into the log and as it comes out of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

Source: TypeAlias = Literal["github", "orchestrator", "operator"]

GITHUB: Source = "github"
ORCHESTRATOR: Source = "orchestrator"
OPERATOR: Source = "operator"

LARGE = 256 * 1024  # bytes of a delivery's payload, beyond which it is parsed in another process
LEFT_OUT = ""  # the payload of an event that was read without it; no event's payload is empty


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event that has no place in the log yet.

    ``payload`` is text: of a delivery the exact bytes that were signed, as UTF-8;
    of our own events compact JSON in the shape that ``schema_version`` names (a delivery has
    none). Ids are GitHub's numeric ids. Times are aware and UTC.
    """

    id: UUID
    source: Source
    type: str
    payload: str
    action: str | None = None
    schema_version: int | None = None
    installation_id: int | None = None
    repository_id: int | None = None
    actor_id: int | None = None
    actor_login: str | None = None
    subject_kind: str | None = None
    subject_number: int | None = None
    head_sha: str | None = None
    occurred_at: datetime | None = None
    causation_id: UUID | None = None
    correlation_id: UUID | None = None
    headers: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(NewEvent):
    """An event with its place in the log: position 1, 2, 3 …, time of recording and hash."""

    position: int
    recorded_at: datetime
    payload_sha256: str
    hash: str
