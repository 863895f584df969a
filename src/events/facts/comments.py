"""What a delivery says of a comment; what it says in words stays in the log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCommentSeen:
    """A comment in the conversation of an issue or a pull request.

    ``action_id`` is the action of ours whose mark it carries.
    """

    repository_id: int
    id: int
    number: int
    is_pull_request: bool
    updated_at: datetime
    created_at: datetime | None = None
    author_id: int | None = None
    mentions_copilot: bool = False
    action_id: UUID | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCommentSeen:
    """A comment on the changes of a pull request."""

    repository_id: int
    id: int
    pull_request_number: int
    updated_at: datetime
    review_id: int | None = None
    in_reply_to_id: int | None = None
    commit_id: str | None = None
    created_at: datetime | None = None
    author_id: int | None = None
    mentions_copilot: bool = False
    deleted: bool = False
