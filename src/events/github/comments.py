"""What a delivery says of a comment, and the hidden mark by which ours is told from all others.

What it says in words stays in the log.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from events.github.actors import ActorKind, Association, association_of, kind_of
from events.github.fact import Fact, MergeKey
from events.github.issues import commented_issue_seen, is_pull_request
from events.github.mentions import MAX_TEXT, mentions_agent
from events.github.reading import Delivered, Noun
from events.github.repositories import repository_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCommentSeen(Fact):
    """A comment in the conversation of an issue or a pull request.

    ``action_id`` is the action of ours whose mark it carries.
    """

    merge_key: ClassVar = MergeKey(
        family="issue_comment", identity=("repository_id", "id"), order=("deleted", "updated_at")
    )

    repository_id: int
    id: int
    number: int
    is_pull_request: bool
    updated_at: datetime
    created_at: datetime | None = None
    author_id: int | None = None
    author_login: str | None = None
    author_kind: ActorKind = "person"
    association: Association | None = None
    mentions_copilot: bool = False
    action_id: UUID | None = None
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
        author_login=comment.node("user").name("login"),
        author_kind=kind_of(comment.node("user")),
        association=association_of(comment),
        mentions_copilot=mentions_agent(comment.text("body", MAX_TEXT)),
        action_id=marked_action(comment.text("body", MAX_TEXT) or ""),
        deleted=delivery.action == "deleted",
    )
    return (seen,)


def mark_of(action_id: UUID, signature: str | None = None) -> str:
    """Return an action's mark, perhaps signed; people who read the comment do not see it.

    The signature stands behind it, so that releases which do not sign find the mark as well.
    """
    mark = f"<!-- copilot-orchestrator:action={action_id} -->"
    return mark if signature is None else f"{mark}<!-- copilot-orchestrator:sign={signature} -->"


def signatures_of(text: str, action_id: UUID) -> tuple[str, ...]:
    """Return what stands as signatures behind the marks of an action in a text."""
    return tuple(re.findall(re.escape(mark_of(action_id)) + _SIGNATURE, text))


def marked_action(text: str) -> UUID | None:
    """Return whose mark a text carries, the last one's if it quotes others."""
    found = _MARK.findall(text)
    return UUID(found[-1]) if found else None


_MARK = re.compile(
    r"<!-- copilot-orchestrator:action=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) -->"
)

_SIGNATURE = r"<!-- copilot-orchestrator:sign=([0-9a-f]{64}) -->"

NOUN = Noun(
    events={"issue_comment": (repository_seen, commented_issue_seen, issue_comment_seen)},
)
