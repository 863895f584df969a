"""What a delivery says of a comment; what it says in words stays in the log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.github.delivery import Delivered
from events.github.fact import Fact
from events.github.issues import is_pull_request
from events.github.mentions import MAX_TEXT, mentions_copilot
from events.marks import marked_action


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCommentSeen(Fact):
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
class ReviewCommentSeen(Fact):
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


def issue_comment_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a comment."""
    comment = delivery.root.need_node("comment")
    issue = delivery.root.need_node("issue")
    seen = IssueCommentSeen(
        repository_id=delivery.repository_id,
        id=comment.need_integer("id"),
        number=issue.need_integer("number"),
        is_pull_request=is_pull_request(issue),
        updated_at=comment.need_moment("updated_at"),
        created_at=comment.moment("created_at"),
        author_id=comment.node("user").integer("id"),
        mentions_copilot=mentions_copilot(comment.text("body", MAX_TEXT)),
        action_id=marked_action(comment.text("body", MAX_TEXT) or ""),
        deleted=delivery.action == "deleted",
    )
    return (seen,)
