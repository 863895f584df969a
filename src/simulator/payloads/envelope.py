"""What every delivery has beside the thing that it is about, and those that have nothing else."""

from simulator.payloads.installations import an_installation_stub
from simulator.payloads.payload import CREATED, Payload, with_action
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import a_user, an_organization

_HOOK_ID = 271_828_182


def in_repository(
    action: str | None, body: Payload, repository: Payload | None, overrides: dict[str, object]
) -> Payload:
    """Build a delivery about something in a repository, to the webhook of an App."""
    repository = repository or a_repository()
    return with_action(
        action,
        {
            **body,
            "repository": repository,
            **_organization(repository["owner"]),
            "installation": an_installation_stub(),
            "sender": a_user(),
        },
        overrides,
    )


def in_organization(action: str, body: Payload, overrides: dict[str, object]) -> Payload:
    """Build a delivery about something of an organisation, to the webhook of an App."""
    return with_action(
        action,
        {
            **body,
            "organization": of_organization(an_organization()),
            "installation": an_installation_stub(),
            "sender": a_user(),
        },
        overrides,
    )


def of_organization(owner: Payload) -> Payload:
    """Build the little that deliveries say of the organisation in which something happened."""
    names = ("login", "id", "node_id", "url", "repos_url", "events_url", "avatar_url")
    return {**{name: owner[name] for name in names if name in owner}, "description": ""}


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


def _organization(owner: Payload) -> Payload:
    """Say in which organisation it happened, if it did in one."""
    return {} if owner.get("type") == "User" else {"organization": of_organization(owner)}
