"""The App that is being run: what GitHub knows of it, and what it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.payloads import APP_ID, Payload, a_user, an_app, an_organization
from simulator.payloads.deliveries import DELIVERIES
from simulator.payloads.payload import WEB
from simulator.state.accounts import APP_SLUG, CLIENT_ID
from simulator.state.app_key import AppKey, an_app_key

PERMISSIONS: Mapping[str, str] = {
    "actions": "read",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "members": "read",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}
CALLBACKS = ("http://127.0.0.1/api/auth/callback", "http://localhost/api/auth/callback")
ALWAYS_DELIVERED = frozenset(
    {"installation", "installation_repositories", "github_app_authorization"}
)


@dataclass(slots=True, kw_only=True)
class App:
    """A GitHub App; ``permissions`` are what every installation gives, ``events`` what it hears.

    Without ``events`` it hears of all that it may need. ``name`` is what people read, ``slug`` is
    what addresses say.
    """

    id: int = APP_ID
    slug: str = APP_SLUG
    name: str = "Copilot Workflow Orchestrator"
    description: str = "Conducts Copilot through a queue of issues"
    url: str = "https://example.com"
    owner: Payload = field(default_factory=lambda: an_organization("orbit-works"))
    client_id: str = CLIENT_ID
    client_secret: str = field(default="a-client-secret-of-the-simulator", repr=False)
    key: AppKey = field(default_factory=an_app_key)
    callback_urls: tuple[str, ...] = CALLBACKS
    setup_url: str | None = None
    request_oauth_on_install: bool = False
    public: bool = False
    permissions: dict[str, str] = field(default_factory=lambda: dict(PERMISSIONS))
    events: frozenset[str] | None = None

    @property
    def bot(self) -> Payload:
        """The account by which it acts."""
        login = f"{self.slug}[bot]"
        return a_user(login, type="Bot", html_url=f"{WEB}/apps/{self.slug}")

    def hears(self, event: str) -> bool:
        """Whether deliveries of an event are sent to it; of some they always are."""
        chosen = DELIVERIES.keys() if self.events is None else self.events
        return event in ALWAYS_DELIVERED or event in chosen

    def payload(self) -> Payload:
        """Build it as ``GET /app`` and comments show it."""
        return an_app(
            id=self.id,
            client_id=self.client_id,
            slug=self.slug,
            name=self.name,
            owner=self.owner,
            description=self.description,
            external_url=self.url,
            html_url=f"{WEB}/apps/{self.slug}",
        )

    def signature(self) -> Payload:
        """Build the little that comments written through it say of it."""
        names = ("id", "slug", "node_id", "owner", "name", "html_url")
        whole = self.payload()
        return {name: whole[name] for name in names}
