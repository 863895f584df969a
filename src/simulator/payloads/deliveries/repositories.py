"""Deliveries about repositories and their refs."""

from simulator.payloads.deliveries.envelope import in_repository
from simulator.payloads.payload import CREATED, Payload
from simulator.payloads.pushes import a_merge_group, a_push, a_pushed_repository
from simulator.payloads.repositories import a_repository

_HOOK_ID = 271_828_182


def repository(
    action: str = "renamed", *, repository: Payload | None = None, **overrides: object
) -> Payload:
    """Build a ``repository`` delivery; the repository is as it is after the change."""
    changes = {
        "renamed": {"repository": {"name": {"from": "sounding-rocket"}}},
        "transferred": {"owner": {"from": {"organization": {"login": "launch-pad", "id": 77}}}},
    }
    body = {"changes": changes[action]} if action in changes else {}
    return in_repository(action, body, repository, overrides)


def push(
    *, push: Payload | None = None, repository: Payload | None = None, **overrides: object
) -> Payload:
    """Build a ``push`` delivery, which has no action and its fields at the root."""
    repository = repository or a_repository()
    body = push or a_push(repository=repository)
    return in_repository(None, body, a_pushed_repository(repository), overrides)


def merge_group(
    action: str = "checks_requested",
    *,
    merge_group: Payload | None = None,
    repository: Payload | None = None,
    **overrides: object,
) -> Payload:
    """Build a ``merge_group`` delivery."""
    body: Payload = {"merge_group": merge_group or a_merge_group(repository=repository)}
    if action == "destroyed":
        body["reason"] = "merged"
    return in_repository(action, body, repository, overrides)


def ping(*, repository: Payload | None = None, **overrides: object) -> Payload:
    """Build the ``ping`` that GitHub sends to a new webhook of a repository."""
    hook = {
        "type": "Repository",
        "id": _HOOK_ID,
        "name": "web",
        "active": True,
        "events": ["*"],
        "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********"},
        "updated_at": CREATED,
        "created_at": CREATED,
        "last_response": {"code": None, "status": "unused", "message": None},
    }
    body = {"zen": "Patience is a feature.", "hook_id": _HOOK_ID, "hook": hook}
    return in_repository(None, body, repository, overrides)
