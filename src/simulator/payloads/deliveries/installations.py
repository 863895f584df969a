"""Deliveries about an App's installations and authorisations, which belong to no repository."""

from collections.abc import Sequence

from simulator.payloads.deliveries.envelope import with_action
from simulator.payloads.installations import a_listed_repository, an_installation
from simulator.payloads.payload import Payload
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import a_user


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
