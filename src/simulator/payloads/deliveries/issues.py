"""Deliveries about issues."""

from simulator.payloads.comments import a_comment
from simulator.payloads.deliveries.envelope import in_repository
from simulator.payloads.issues import a_label, an_issue
from simulator.payloads.payload import Payload
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import copilot_agent


def issues(
    action: str = "opened",
    *,
    issue: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build an ``issues`` delivery; a label or assignee that changed may be overridden."""
    repository = repository or a_repository()
    issue = issue or an_issue(repository=repository)
    body = {"issue": issue, **change_of(action, issue, repository)}
    return in_repository(action, body, repository, overrides)


def issue_comment(
    action: str = "created",
    *,
    issue: Payload | None = None,
    comment: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build an ``issue_comment`` delivery."""
    repository = repository or a_repository()
    issue = issue or an_issue(repository=repository)
    body = {"issue": issue, "comment": comment or a_comment(issue=issue)}
    return in_repository(action, body, repository, overrides)


def issue_dependencies(
    action: str = "blocked_by_added",
    *,
    blocked: Payload | None = None,
    blocking: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build an ``issue_dependencies`` delivery; it names the repository of the other issue."""
    other = "blocking_issue" if action.startswith("blocked_by") else "blocked_issue"
    ends = {
        "blocked_issue": blocked or an_issue(17, repository=repository),
        "blocking_issue": blocking or an_issue(16, repository=repository),
    }
    return _relation(action, ends, other, repository, overrides)


def sub_issues(
    action: str = "sub_issue_added",
    *,
    parent: Payload | None = None,
    child: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``sub_issues`` delivery; it names the repository of the other issue."""
    other = "sub_issue" if action.startswith("sub_issue") else "parent_issue"
    ends = {
        "parent_issue": parent or an_issue(10, repository=repository),
        "sub_issue": child or an_issue(17, repository=repository),
    }
    return _relation(action, ends, other, repository, overrides)


def change_of(action: str, subject: Payload, repository: Payload) -> Payload:
    """Build what a delivery says of the label or the assignee that changed."""
    if action in {"labeled", "unlabeled"}:
        labels = subject["labels"]
        return {"label": labels[-1] if labels else a_label(repository=repository)}
    if action in {"assigned", "unassigned"}:
        return {"assignee": subject["assignee"] or copilot_agent()}
    return {}


def _relation(
    action: str,
    ends: Payload,
    other: str,
    repository: Payload | None,
    overrides: dict[str, object],
) -> Payload:
    repository = repository or a_repository()
    ids = {f"{name}_id": issue["id"] for name, issue in ends.items()}
    body = {**ids, **ends, f"{other}_repo": repository}
    return in_repository(action, body, repository, overrides)
