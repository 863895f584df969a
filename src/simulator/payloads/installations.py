"""Installations of a GitHub App, whole and as stubs, and deliveries about what an App is given."""

from collections.abc import Sequence

from simulator.payloads.payload import API, WEB, Payload, a_node_id, built, with_action
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import a_user, an_organization

INSTALLATION_ID = 48_151_623
APP_ID = 314_159

_CREATED = 1_793_610_000  # 2026-11-02T09:00:00Z, in the seconds that this object alone uses


def an_installation(installation_id: int = INSTALLATION_ID, **overrides: object) -> Payload:
    """Build a whole installation, whose times are Unix seconds."""
    account = an_organization()
    installation = {
        "id": installation_id,
        "node_id": a_node_id("IN", installation_id),
        "client_id": "Iv23liEXAMPLE0000000",
        "account": account,
        "repository_selection": "selected",
        "access_tokens_url": f"{API}/app/installations/{installation_id}/access_tokens",
        "repositories_url": f"{API}/installation/repositories",
        "html_url": f"{WEB}/organizations/{account['login']}/settings/installations/"
        f"{installation_id}",
        "app_id": APP_ID,
        "app_slug": "copilot-orchestrator",
        "target_id": account["id"],
        "target_type": account["type"],
        "permissions": {
            "actions": "read",
            "checks": "read",
            "contents": "read",
            "issues": "write",
            "metadata": "read",
            "pull_requests": "write",
            "statuses": "read",
        },
        "events": ["check_run", "issue_comment", "issues", "pull_request", "push"],
        "created_at": _CREATED,
        "updated_at": _CREATED,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None,
    }
    return built(installation, overrides)


def an_installation_stub(installation_id: int = INSTALLATION_ID) -> Payload:
    """Build what payloads of an App's webhook say of its installation."""
    return {"id": installation_id, "node_id": a_node_id("IN", installation_id)}


def a_listed_repository(repository: Payload) -> Payload:
    """Build the few fields that an installation's list gives of a repository."""
    names = ("id", "node_id", "name", "full_name", "private")
    return {name: repository[name] for name in names}


def installation(
    action: str = "created",
    *,
    installation: Payload | None = None,
    repositories: Sequence[Payload] | None = None,
    **overrides: object,
) -> Payload:
    """Build an ``installation`` delivery that lists whole repositories by a few of their fields."""
    listed = [a_repository()] if repositories is None else repositories
    body = {
        "installation": installation or an_installation(),
        "repositories": [a_listed_repository(repository) for repository in listed],
        "requester": None,
        "sender": a_user(),
    }
    return with_action(action, body, overrides)


def installation_repositories(
    action: str = "added",
    *,
    installation: Payload | None = None,
    repositories: Sequence[Payload] | None = None,
    **overrides: object,
) -> Payload:
    """Build an ``installation_repositories`` delivery: repositories were added or removed."""
    changed = [a_repository()] if repositories is None else repositories
    listed = [a_listed_repository(repository) for repository in changed]
    body = {
        "installation": installation or an_installation(),
        "repository_selection": "selected",
        "repositories_added": listed if action == "added" else [],
        "repositories_removed": listed if action == "removed" else [],
        "requester": None,
        "sender": a_user(),
    }
    return with_action(action, body, overrides)


def github_app_authorization(
    action: str = "revoked", *, sender: Payload | None = None, **overrides: object
) -> Payload:
    """Build a ``github_app_authorization`` delivery, which says only who revoked."""
    return with_action(action, {"sender": sender or a_user()}, overrides)
