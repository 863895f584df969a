"""What every delivery has beside the thing that it is about."""

from simulator.payloads.installations import an_installation_stub
from simulator.payloads.payload import Payload, built
from simulator.payloads.repositories import a_repository
from simulator.payloads.users import a_user


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
            "organization": _short(repository["owner"]),
            "installation": an_installation_stub(),
            "sender": a_user(),
        },
        overrides,
    )


def with_action(action: str | None, body: Payload, overrides: dict[str, object]) -> Payload:
    """Build a delivery, with the action in front where there is one."""
    start = {"action": action} if action else {}
    return built({**start, **body}, overrides)


def _short(owner: Payload) -> Payload:
    names = ("login", "id", "node_id", "url", "repos_url", "events_url", "avatar_url")
    return {**{name: owner[name] for name in names if name in owner}, "description": ""}
