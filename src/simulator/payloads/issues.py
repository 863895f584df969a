"""Issues, what hangs on them, and deliveries about them."""

from collections.abc import Sequence

from simulator.payloads.envelope import in_repository
from simulator.payloads.payload import CREATED, UPDATED, Payload, a_node_id, addresses, an_id, built
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import a_user, copilot_agent

BODY = """\
### What happens

When the ground station drops the connection in the middle of a burn, the worker keeps the old
session and answers every later command with `409`. Restarting it is the only way out.

### What should happen

The session is closed after the third missed heartbeat and a fresh one is opened, so that the next
command goes through without anybody having to log in.

### How to see it

1. Start the simulator with `--link flaky`.
2. Send `burn 30` and cut the link after ten seconds.
3. Bring the link back and send `status`.

- [ ] a test that cuts the link
- [ ] a line in the changelog
"""

_PATHS = {
    "labels": "/labels{/name}",
    "comments": "/comments",
    "events": "/events",
    "timeline": "/timeline",
}
_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def a_label(name: str = "status:queued", repository: Payload | None = None) -> Payload:
    """Build a label of a repository."""
    repository = repository or a_repository()
    return {
        "id": an_id("label", repository["id"], name),
        "node_id": a_node_id("LA", repository["id"], name),
        "url": f"{repository['url']}/labels/{name}",
        "name": name,
        "color": "0e8a16",
        "default": False,
        "description": f"Everything that is {name}",
    }


def an_issue(
    number: int = 17,
    *,
    repository: Payload | None = None,
    labels: Sequence[str] = (),
    assignees: Sequence[Payload] = (),
    **overrides: object,
) -> Payload:
    """Build an open issue with labels by name."""
    repository = repository or a_repository()
    url = f"{repository['url']}/issues/{number}"
    issue = {
        "url": url,
        "repository_url": repository["url"],
        **addresses(url, _PATHS),
        "html_url": f"{repository['html_url']}/issues/{number}",
        "id": an_id("issue", repository["id"], number),
        "node_id": a_node_id("I", repository["id"], number),
        "number": number,
        "title": "Commands are refused after the link was lost",
        "user": a_user(),
        "labels": [a_label(name, repository) for name in labels],
        "assignee": assignees[0] if assignees else None,
        "assignees": list(assignees),
        "body": BODY,
        "created_at": CREATED,
        "updated_at": UPDATED,
        **_state(),
        "reactions": reactions(url),
        "performed_via_github_app": None,
    }
    return built(issue, overrides)


def reactions(url: str) -> Payload:
    """Build the counts of reactions to an issue or a comment, all zero."""
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(_REACTIONS, 0)}


def a_comment(*, issue: Payload | None = None, number: int = 1, **overrides: object) -> Payload:
    """Build a comment on an issue, or on a pull request's issue; ``number`` tells several apart."""
    issue = issue or an_issue()
    comment_id = an_id("comment", issue["id"], number)
    url = f"{issue['repository_url']}/issues/comments/{comment_id}"
    comment = {
        "url": url,
        "html_url": f"{issue['html_url']}#issuecomment-{comment_id}",
        "issue_url": issue["url"],
        "id": comment_id,
        "node_id": a_node_id("IC", comment_id),
        "user": a_user("grace-keen"),
        "created_at": UPDATED,
        "updated_at": UPDATED,
        "body": "I saw the same yesterday, with the link down for about a minute.",
        "author_association": "MEMBER",
        "reactions": reactions(url),
        "performed_via_github_app": None,
    }
    return built(comment, overrides)


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


def _state() -> Payload:
    return {
        "state": "open",
        "state_reason": None,
        "closed_at": None,
        "locked": False,
        "active_lock_reason": None,
        "milestone": None,
        "type": None,
        "comments": 0,
        "author_association": "MEMBER",
        "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
        "issue_dependencies_summary": {
            "blocked_by": 0,
            "total_blocked_by": 0,
            "blocking": 0,
            "total_blocking": 0,
        },
    }


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
