"""What a delivery says of a review, and of a comment on the changes of a pull request."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from events.github.actors import ActorKind, Association, association_of, kind_of
from events.github.fact import Fact, MergeKey
from events.github.mentions import MAX_TEXT, mentions_agent
from events.github.node import Node
from events.github.pull_requests import pull_request_seen
from events.github.reading import USER, Delivered, Keys, Noun, Observed, plain
from events.github.repositories import repository_seen

ReviewState: TypeAlias = Literal[
    "approved", "changes_requested", "commented", "dismissed", "pending"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSeen(Fact):
    """A review of the commit ``commit_id``; once dismissed it stays so.

    ``association`` hints at what its author may do here; only GitHub's own answer says so.
    """

    merge_key: ClassVar = MergeKey(
        family="review", identity=("repository_id", "id"), order=("dismissed", "submitted_at")
    )

    repository_id: int
    id: int
    pull_request_number: int
    state: ReviewState
    author_id: int | None = None
    author_login: str | None = None
    author_kind: ActorKind = "person"
    association: Association | None = None
    commit_id: str | None = None
    submitted_at: datetime | None = None
    mentions_copilot: bool = False

    @property
    def dismissed(self) -> bool:
        """Say whether the review no longer counts."""
        return self.state == "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCommentSeen(Fact):
    """A comment on the changes of a pull request."""

    merge_key: ClassVar = MergeKey(
        family="review_comment", identity=("repository_id", "id"), order=("deleted", "updated_at")
    )

    repository_id: int
    id: int
    pull_request_number: int
    updated_at: datetime
    review_id: int | None = None
    in_reply_to_id: int | None = None
    commit_id: str | None = None
    created_at: datetime | None = None
    author_id: int | None = None
    author_login: str | None = None
    author_kind: ActorKind = "person"
    association: Association | None = None
    mentions_copilot: bool = False
    deleted: bool = False


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
        author_kind=kind_of(review.node("user")),
        association=association_of(review),
        commit_id=review.name("commit_id"),
        submitted_at=review.moment("submitted_at"),
        mentions_copilot=mentions_agent(review.text("body", MAX_TEXT)),
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
        author_login=comment.node("user").name("login"),
        author_kind=kind_of(comment.node("user")),
        association=association_of(comment),
        mentions_copilot=mentions_agent(comment.text("body", MAX_TEXT)),
        deleted=delivery.action == "deleted",
    )
    return (seen,)


def _state(review: Node) -> ReviewState:
    """Webhooks write the state in lower case, the REST API in capitals."""
    state = _STATES.get(review.need_name("state").lower())
    return state or review.refuse("state", "a review's state")


_STATES: dict[str, ReviewState] = {
    "approved": "approved",
    "changes_requested": "changes_requested",
    "commented": "commented",
    "dismissed": "dismissed",
    "pending": "pending",
}

_REVIEW: Keys = {
    **plain("id", "state", "body", "commit_id", "submitted_at", "author_association"),
    "user": USER,
}

_COMMENT: Keys = {
    **plain("id", "pull_request_review_id", "in_reply_to_id", "body", "commit_id"),
    **plain("created_at", "updated_at", "author_association"),
    "user": USER,
}

NOUN = Noun(
    events={
        "pull_request_review": (repository_seen, pull_request_seen, review_seen),
        "pull_request_review_comment": (repository_seen, pull_request_seen, review_comment_seen),
        "pull_request_review_thread": (repository_seen, pull_request_seen),
    },
    observed={
        "review": Observed(event="pull_request_review", readers=(review_seen,), keys=_REVIEW),
        "review_comment": Observed(
            event="pull_request_review_comment", readers=(review_comment_seen,), keys=_COMMENT
        ),
    },
)
