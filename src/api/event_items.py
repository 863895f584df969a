"""An event as the API shows it: the log's columns by their names."""

from datetime import datetime
from uuid import UUID

import orjson
from pydantic import BaseModel, Field

from events.envelope import Event


class EventItem(BaseModel):
    """One event without its payload."""

    position: int = Field(examples=[1042])
    id: UUID
    source: str = Field(examples=["github"])
    type: str = Field(examples=["pull_request"])
    action: str | None = Field(examples=["opened"])
    schema_version: int | None
    installation_id: int | None
    repository_id: int | None
    actor_id: int | None
    actor_login: str | None = Field(examples=["octocat"])
    subject_kind: str | None = Field(examples=["pull_request"])
    subject_number: int | None = Field(examples=[17])
    head_sha: str | None
    occurred_at: datetime | None = Field(description="GitHub's time")
    recorded_at: datetime = Field(description="ours; never runs backwards")
    causation_id: UUID | None
    correlation_id: UUID | None
    headers: dict[str, str]
    payload_sha256: str
    hash: str

    @classmethod
    def of(cls, event: Event) -> "EventItem":
        """Show an event."""
        values = {name: getattr(event, name) for name in cls.model_fields}
        values["headers"] = orjson.loads(event.headers)
        return cls.model_construct(**values)

    def text(self) -> str:
        """Return compact JSON on one line."""
        return self.model_dump_json()


class EventPage(BaseModel):
    """A page of events, newest first."""

    items: list[EventItem]
    next: str | None = Field(
        description="path and query of the next page, older events; null on the last",
        examples=["/api/events?type=push&limit=50&before=993"],
    )
