"""What a delivery says of a review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from events.github.comments import ReviewCommentSeen
from events.github.delivery import Delivered
from events.github.fact import Fact
from events.github.mentions import MAX_TEXT, mentions_copilot
from events.github.node import Node

ReviewState: TypeAlias = Literal[
    "approved", "changes_requested", "commented", "dismissed", "pending"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSeen(Fact):
    """A review of the commit ``commit_id``; once dismissed it stays so."""

    repository_id: int
    id: int
    pull_request_number: int
    state: ReviewState
    author_id: int | None = None
    author_login: str | None = None
    commit_id: str | None = None
    submitted_at: datetime | None = None
    mentions_copilot: bool = False

    @property
    def dismissed(self) -> bool:
        """Say whether the review no longer counts."""
        return self.state == "dismissed"


_STATES: dict[str, ReviewState] = {
    "approved": "approved",
    "changes_requested": "changes_requested",
    "commented": "commented",
    "dismissed": "dismissed",
    "pending": "pending",
}


def review_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a review."""
    review = delivery.root.need_node("review")
    seen = ReviewSeen(
        repository_id=delivery.repository_id,
        id=review.need_integer("id"),
        pull_request_number=delivery.root.need_node("pull_request").need_integer("number"),
        state=_state(review),
        author_id=review.node("user").integer("id"),
        author_login=review.node("user").name("login"),
        commit_id=review.name("commit_id"),
        submitted_at=review.moment("submitted_at"),
        mentions_copilot=mentions_copilot(review.text("body", MAX_TEXT)),
    )
    return (seen,)


def review_comment_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read a comment on changes."""
    comment = delivery.root.need_node("comment")
    seen = ReviewCommentSeen(
        repository_id=delivery.repository_id,
        id=comment.need_integer("id"),
        pull_request_number=delivery.root.need_node("pull_request").need_integer("number"),
        updated_at=comment.need_moment("updated_at"),
        review_id=comment.integer("pull_request_review_id"),
        in_reply_to_id=comment.integer("in_reply_to_id"),
        commit_id=comment.name("commit_id"),
        created_at=comment.moment("created_at"),
        author_id=comment.node("user").integer("id"),
        mentions_copilot=mentions_copilot(comment.text("body", MAX_TEXT)),
        deleted=delivery.action == "deleted",
    )
    return (seen,)


def _state(review: Node) -> ReviewState:
    """Webhooks write the state in lower case, the REST API in capitals."""
    state = _STATES.get(review.need_name("state").lower())
    return state or review.refuse("state", "a review's state")
