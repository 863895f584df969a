"""Changes of policy with the text that made them, so that a replay sees the policy of the time."""

from typing import ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from events.catalogue.own import Json, OwnEvent

Layer: TypeAlias = Literal["server", "installation", "repository"]

MAX_CONTENT = 65_536
MAX_PROBLEMS = 50


class PolicyProblem(BaseModel):
    """What does not fit in a policy file: where, and what was expected."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: str = Field(max_length=200, description="such as ci.max_attempts; empty for the file")
    message: str = Field(max_length=300)


class PolicyChanged(OwnEvent):
    """One layer's policy was given anew; one with problems changes nothing and is shown.

    The envelope's ``repository_id`` or ``installation_id`` says whose it is. ``content`` is the
    file's text; ``document`` what it says, sparse; None with problems. An absent file has empty
    content and the empty document.
    """

    type: ClassVar[str] = "policy"
    action: ClassVar[str] = "changed"

    layer: Layer
    origin: str = Field(max_length=300, description="the file's path, or who set it")
    commit: str | None = Field(default=None, max_length=64)
    content: str = Field(max_length=MAX_CONTENT)
    document: dict[str, Json] | None
    problems: tuple[PolicyProblem, ...] = Field(default=(), max_length=MAX_PROBLEMS)


class ActingUserSet(OwnEvent):
    """Actions that only a user may do are done as this user, in an installation or everywhere."""

    type: ClassVar[str] = "acting_user"
    action: ClassVar[str] = "set"

    user_id: int
    login: str = Field(max_length=255)


class AppIdentified(OwnEvent):
    """Who the App itself is where it writes comments, as GitHub told.

    ``signs``: the marks in comments are signed with a key of the service from here on.
    """

    type: ClassVar[str] = "app"
    action: ClassVar[str] = "identified"

    user_id: int
    login: str = Field(max_length=255)
    signs: bool


class ActingUserUnset(OwnEvent):
    """There is no acting user any more, in an installation or everywhere."""

    type: ClassVar[str] = "acting_user"
    action: ClassVar[str] = "unset"
