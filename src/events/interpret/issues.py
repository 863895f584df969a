"""Reading issues and single changes to them."""

from collections.abc import Iterable

from events.facts import Fact, IssueSeen
from events.interpret.delivery import Delivered
from events.interpret.node import Node
from events.interpret.people import label_names, user_ids

MAX_TITLE = 1024


def issue_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the issue that an ``issues`` delivery is about."""
    return _seen(delivery, delivery.action)


def commented_issue_seen(delivery: Delivered) -> Iterable[Fact]:
    """Read the issue that was commented on; the action is the comment's, not the issue's."""
    return _seen(delivery, None)


def is_pull_request(issue: Node) -> bool:
    """Say whether an issue object stands for a pull request."""
    return "pull_request" in issue.json


def read_issue(issue: Node, repository_id: int, action: str | None = None) -> IssueSeen:
    """Read an issue object; ``action`` is what happened to it, if anything. Raises FieldError."""
    dependencies = issue.node("issue_dependencies_summary")
    sub_issues = issue.node("sub_issues_summary")
    return IssueSeen(
        repository_id=repository_id,
        id=issue.need_integer("id"),
        number=issue.need_integer("number"),
        title=issue.need_text("title", MAX_TITLE),
        state=issue.need_name("state"),
        labels=label_names(issue),
        assignee_ids=user_ids(issue, "assignees"),
        updated_at=issue.need_moment("updated_at"),
        state_reason=issue.name("state_reason"),
        author_id=issue.node("user").integer("id"),
        created_at=issue.moment("created_at"),
        closed_at=issue.moment("closed_at"),
        deleted=action == "deleted",
        transferred=action == "transferred",
        blocked_by_open=dependencies.integer("blocked_by"),
        blocked_by_total=dependencies.integer("total_blocked_by"),
        sub_issues_total=sub_issues.integer("total"),
        sub_issues_completed=sub_issues.integer("completed"),
    )


def _seen(delivery: Delivered, action: str | None) -> Iterable[Fact]:
    issue = delivery.root.need_node("issue")
    if is_pull_request(issue):
        return ()  # half of a pull request's fields would be missing
    return (read_issue(issue, delivery.repository_id, action),)
