"""Issues and what hangs on them."""

from collections.abc import Sequence

from simulator.payloads.payload import CREATED, UPDATED, Payload, a_node_id, addresses, an_id, built
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import a_user

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
