"""What is asked of GitHub about people, and how that can fail; the gateway fills it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from events.errors import OrchestratorError
from people.roles import Role


class GitHubSilent(OrchestratorError):
    """GitHub could not be asked, or takes no more for now; asking again may help."""


class GitHubRefused(OrchestratorError):
    """GitHub understood and said no; the sentence says to what."""


class TokenGone(GitHubRefused):
    """GitHub takes a token no more: it was revoked, has ended or was refreshed by somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """A user's token and what refreshes it, once; None for times: it does not end.

    An App whose tokens do not expire has no ``refresh``.
    """

    access: str = field(repr=False)
    access_ends_at: datetime | None = None
    refresh: str | None = field(default=None, repr=False)
    refresh_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCredentials:
    """An App as GitHub hands it over once: who it is, and what proves that."""

    app_id: int
    slug: str
    client_id: str
    html_url: str
    private_key: str = field(repr=False)
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A person as GitHub names them; the id stays, the login may change."""

    id: int
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedInstallation:
    """An installation of the App that a person can reach, and whose it is."""

    id: int
    account_id: int
    account_login: str
    is_organization: bool


@dataclass(frozen=True, slots=True)
class ReachedRepository:
    """A repository that a person can reach through an installation, and what they may do there."""

    id: int
    full_name: str
    role: Role


class GitHubSignIn(Protocol):
    """The App's user flow; each raises GitHubSilent or GitHubRefused."""

    def authorize_url(self, *, state: str, challenge: str, redirect_uri: str) -> str:
        """Return where a browser is sent to; ``challenge`` is PKCE's, S256."""
        ...

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> TokenPair:
        """Return the tokens for a code, once."""
        ...

    async def refresh(self, refresh: str) -> TokenPair:
        """Return a new pair; the old one is gone. Raises TokenGone when it was already."""
        ...

    async def revoke(self, access: str) -> None:
        """Let a token hold no longer; one that does not is fine."""
        ...

    async def account(self, access: str) -> Account:
        """Return whose token it is; raises TokenGone."""
        ...


class GitHubReach(Protocol):
    """Who reaches what; each raises GitHubSilent, GitHubRefused or TokenGone."""

    async def installations(self, access: str) -> list[ReachedInstallation]:
        """Return the App's installations that a token's person reaches."""
        ...

    async def repositories(self, access: str, installation_id: int) -> list[ReachedRepository]:
        """Return the repositories that a token's person reaches in one."""
        ...

    async def administers(self, access: str, organization: str) -> bool:
        """Say whether a token's person is an admin of an organization."""
        ...

    async def role(self, installation_id: int, full_name: str, login: str) -> Role:
        """Return what the permission API says of somebody, asked as the App."""
        ...

    async def named(self, login: str) -> Account | None:
        """Return the account of a login; None: there is none."""
        ...


class GitHubPeople(GitHubSignIn, GitHubReach, Protocol):
    """All that is asked about people."""
