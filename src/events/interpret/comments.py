"""Reading comments in the conversation of an issue or a pull request."""

from collections.abc import Iterable

from events.facts import Fact, IssueCommentSeen
from events.interpret.delivery import Delivered
from events.interpret.issues import is_pull_request
from events.interpret.mentions import MAX_TEXT, mentions_copilot
from events.marks import marked_action


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
