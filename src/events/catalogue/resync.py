"""What we saw when we asked GitHub ourselves, since deliveries may be lost."""

from typing import ClassVar, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from events.catalogue.own import Json, OwnEvent

# What GitHub answers where we ask it something of a workflow.
QuestionKind: TypeAlias = Literal[
    "permission",
    "closing",
    "work",
    "blockers",
    "failure",
    "session",
    "mergeable",
    "sub_issues",
    "agent_merge",
]
ObservedKind: TypeAlias = Literal[
    "installation",
    "repository",
    "issue",
    "pull_request",
    "review",
    "review_comment",
    "check_run",
    "status",
    "actions_run",
    "requirements",
    QuestionKind,
]


class ResyncObserved(OwnEvent):
    """An object as GitHub gave it, of which as much is kept as the reading of deliveries asks for.

    It is read like a delivery of that object. The envelope says which repository it is of and
    through which installation it was seen.
    """

    type: ClassVar[str] = "resync"
    action: ClassVar[str] = "observed"

    kind: ObservedKind
    object: dict[str, Json]
    repository: dict[str, Json] = Field(
        default_factory=dict, description="what the object's meaning hangs on, such as its name"
    )
    pull_request_number: int | None = Field(
        default=None,
        ge=1,
        description="of a review or an answer, which do not say it themselves",
    )
    sha: str | None = Field(
        default=None, max_length=64, description="of a commit status, which does not say it"
    )
    gone: bool = Field(default=False, description="an issue that was deleted or moved away")
    settled_at: AwareDatetime | None = Field(
        default=None,
        description="when it was read, if the second of its last change was over by then: it holds "
        "over whatever deliveries say of that second; of requirements always",
    )
