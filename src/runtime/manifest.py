"""What an App is asked for by a manifest: its permissions, its events, and where it finds us."""

from secrets import token_hex

from events.json_types import JsonObject
from runtime.doctor.needs import EVENTS, PERMISSIONS

_RECEIVER = "/api/webhooks/github"
_LEVELS = ("read", "write")


def manifest(origin: str, relay: str = "") -> JsonObject:
    """Return the manifest of an App for the service at ``origin``.

    Deliveries go to ``relay`` where GitHub cannot reach us. GitHub asks for a name that nobody has
    and lets it be changed; ours ends in four digits. Source: GitHub's page "Registering a GitHub
    App from a manifest".
    """
    return {
        "name": f"copilot-orchestrator-{token_hex(2)}",
        "url": origin,
        "description": "Conducts the Copilot coding agent through a queue of issues.",
        "public": False,
        "hook_attributes": {"url": relay or f"{origin}{_RECEIVER}", "active": True},
        "redirect_url": f"{origin}/setup/app",
        "callback_urls": [f"{origin}/api/auth/callback"],
        "setup_url": f"{origin}/setup/installed",
        "setup_on_update": True,
        "request_oauth_on_install": False,
        "default_permissions": {**_permissions()},
        "default_events": [each.name for each in EVENTS],
    }


def _permissions() -> dict[str, str]:
    """Return the permissions, each at the highest level that something needs."""
    found: dict[str, str] = {}
    for each in PERMISSIONS:
        found[each.name] = max(found.get(each.name, "read"), each.level, key=_LEVELS.index)
    return found
