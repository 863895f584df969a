"""Whose a repository is: what GitHub answered when we asked, and what an operator accepted."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from events.catalogue.commands import OperatorCommand
from events.catalogue.own import OwnEvent

MAX_OWNER = 255


class InstallationAnswered(OwnEvent):
    """GitHub said through which installation the App has access to a repository; None: by none.

    It settles whatever deliveries up to the position ``as_of`` claimed. ``at`` is GitHub's time of
    the installation's last change, ``owner`` whose account it is installed at.
    """

    type: ClassVar[str] = "tenancy"
    action: ClassVar[str] = "answered"

    installation_id: int | None = Field(ge=1)
    owner: str | None = Field(default=None, max_length=MAX_OWNER)
    at: AwareDatetime | None = None
    as_of: int = Field(ge=0)


class InstallationAccepted(OperatorCommand):
    """A repository is this installation's (None: a plain webhook's), and this owner's.

    It settles what deliveries claimed, either way. None for the owner: as it was.
    """

    type: ClassVar[str] = "tenancy"
    action: ClassVar[str] = "accepted"

    installation_id: int | None = Field(ge=1)
    owner: str | None = Field(default=None, max_length=MAX_OWNER)
