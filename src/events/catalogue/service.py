"""What the service says of itself."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from events.catalogue.own import OwnEvent


class ServiceStarted(OwnEvent):
    """A process of the service came up; ``instance`` is drawn anew at every start.

    ``has_app``: it has a GitHub App through which it can ask.
    """

    type: ClassVar[str] = "service"
    action: ClassVar[str] = "started"

    instance: UUID
    version: str
    role: Literal["all", "web", "worker"]
    has_app: bool = False


class ServiceStopped(OwnEvent):
    """A process of the service stopped in good order; after a crash there is no such event."""

    type: ClassVar[str] = "service"
    action: ClassVar[str] = "stopped"

    instance: UUID


class DeliveriesRefused(OwnEvent):
    """The receiver refused ``count`` requests for one reason between ``first`` and ``last``."""

    type: ClassVar[str] = "receiver"
    action: ClassVar[str] = "refused"

    code: str = Field(max_length=64)
    count: int = Field(ge=1)
    first: AwareDatetime
    last: AwareDatetime
