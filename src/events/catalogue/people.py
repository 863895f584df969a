"""What people did at our own doors; the envelope's actor says who. Never a secret, nor an address.

Each is appended once; what they hold is operational (rooms ``people``), this is its record.
"""

from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, Field

from events.catalogue.own import MAX_REASON, OwnEvent

SessionKind: TypeAlias = Literal["person", "admin_token"]
MAX_LOGIN = 255
MAX_REPOSITORIES = 10_000


class SignedIn(OwnEvent):
    """Somebody signed in with GitHub, or exchanged the admin token for a session."""

    type: ClassVar[str] = "session"
    action: ClassVar[str] = "begun"

    session: UUID
    kind: SessionKind
    ends_at: AwareDatetime


class SignedOut(OwnEvent):
    """Sessions ended: by their person, by an administrator, or since GitHub's consent was revoked.

    ``user_id`` is whose sessions they were; None: the admin token's.
    """

    type: ClassVar[str] = "session"
    action: ClassVar[str] = "ended"

    sessions: tuple[UUID, ...] = Field(max_length=1000)
    user_id: int | None
    because: Literal["signed_out", "ended_by_person", "revoked_at_github", "signed_in_again"]


class SignInsRefused(OwnEvent):
    """Sign-ins were refused ``count`` times for one reason between ``first`` and ``last``."""

    type: ClassVar[str] = "session"
    action: ClassVar[str] = "refused"

    code: str = Field(max_length=64)
    count: int = Field(ge=1)
    first: AwareDatetime
    last: AwareDatetime


class SetupBegun(OwnEvent):
    """Somebody spent the link that lets one browser set this server up, while nobody administers.

    Who it was, nobody knows yet.
    """

    type: ClassVar[str] = "setup"
    action: ClassVar[str] = "begun"


class AdministratorNamed(OwnEvent):
    """A GitHub account administers this server from here on; ``login`` as it then was."""

    type: ClassVar[str] = "administrator"
    action: ClassVar[str] = "named"

    user_id: int
    login: str = Field(max_length=MAX_LOGIN)
    by: Literal["setting", "setup"]


class TokenMade(OwnEvent):
    """Somebody made an API token for some of their rights; None for repositories: all of theirs."""

    type: ClassVar[str] = "api_token"
    action: ClassVar[str] = "made"

    token: UUID
    name: str = Field(max_length=100)
    role: Literal["viewer", "operator", "maintainer", "administrator"]
    repositories: tuple[int, ...] | None = Field(max_length=MAX_REPOSITORIES)
    ends_at: AwareDatetime


class TokenFirstUsed(OwnEvent):
    """An API token was used for the first time."""

    type: ClassVar[str] = "api_token"
    action: ClassVar[str] = "first_used"

    token: UUID


class TokenRevoked(OwnEvent):
    """An API token holds no longer."""

    type: ClassVar[str] = "api_token"
    action: ClassVar[str] = "revoked"

    token: UUID
    because: Literal["by_person", "by_administrator", "person_gone"]


class ConsentGiven(OwnEvent):
    """The service may act as somebody in a repository, behind those who were named before."""

    type: ClassVar[str] = "consent"
    action: ClassVar[str] = "given"

    user_id: int
    login: str = Field(max_length=MAX_LOGIN)


class ConsentTakenBack(OwnEvent):
    """The service may not act as somebody in a repository any more: they said so."""

    type: ClassVar[str] = "consent"
    action: ClassVar[str] = "taken_back"

    user_id: int
    login: str = Field(max_length=MAX_LOGIN)


class ConsentLost(OwnEvent):
    """The service cannot act as somebody in a repository any more; ``because`` says why."""

    type: ClassVar[str] = "consent"
    action: ClassVar[str] = "lost"

    user_id: int
    login: str = Field(max_length=MAX_LOGIN)
    because: str = Field(max_length=MAX_REASON)


class ConsentRefreshed(OwnEvent):
    """The tokens by which the service acts as somebody were renewed."""

    type: ClassVar[str] = "consent"
    action: ClassVar[str] = "refreshed"

    user_id: int
    login: str = Field(max_length=MAX_LOGIN)


class ConsentsOrdered(OwnEvent):
    """The order in which acting users of a repository are tried, as somebody set it."""

    type: ClassVar[str] = "consent"
    action: ClassVar[str] = "ordered"

    user_ids: tuple[int, ...] = Field(max_length=100)


class SettingChanged(OwnEvent):
    """A setting of the server was changed through its pages; of a secret only that it was."""

    type: ClassVar[str] = "setting"
    action: ClassVar[str] = "changed"

    name: str = Field(max_length=100)
    value: str | None = Field(default=None, max_length=500, description="None: a secret, or unset")


PEOPLE_EVENTS = (
    SignedIn,
    SignedOut,
    SignInsRefused,
    SetupBegun,
    AdministratorNamed,
    TokenMade,
    TokenFirstUsed,
    TokenRevoked,
    ConsentGiven,
    ConsentTakenBack,
    ConsentLost,
    ConsentRefreshed,
    ConsentsOrdered,
    SettingChanged,
)
