"""The gateway to GitHub from the settings: the one place that knows both."""

from pathlib import Path

from gateway import Access, AppKey, CredentialUnusable, GitHubGateway, app_key
from gateway.exchange import Clock, Observe
from gateway.gateway import PATIENCE, observe_nothing
from runtime.settings import Settings

_PEM = "-----BEGIN "


def open_github(
    settings: Settings,
    clock: Clock,
    observe: Observe = observe_nothing,
    patience: float = PATIENCE,
    wall: Clock | None = None,
) -> GitHubGateway:
    """Build the gateway; opens no connection yet.

    Raises CredentialUnusable where a key or token is set that can be none. What is not set at all
    is missing only when it is needed.
    """
    return GitHubGateway(access_of(settings), clock, observe, patience, wall)


def access_of(settings: Settings) -> Access:
    """Return as whom GitHub is asked; raises CredentialUnusable."""
    return Access(
        api_url=settings.github_api_url,
        app=_app(settings),
        user_token=settings.acting_user_token.get_secret_value().strip() or None,
    )


def _app(settings: Settings) -> AppKey | None:
    issuer = settings.github_app_id.strip()
    key = settings.github_private_key.get_secret_value().strip()
    return app_key(issuer, _pem(key)) if issuer and key else None


def _pem(key: str) -> str:
    """Return a key's PEM text: the setting itself, with line ends as .env files write them."""
    if key.startswith(_PEM):
        return key.replace("\\n", "\n")
    try:
        return Path(key).expanduser().read_text(encoding="ascii")
    except (OSError, ValueError):
        problem = (
            "ORCHESTRATOR_GITHUB_PRIVATE_KEY is neither a PEM text nor a file that can be read; "
            "correct the path, or let the service's user read the file"
        )
    raise CredentialUnusable(problem)
