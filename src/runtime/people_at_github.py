"""GitHub as it is asked about people, with whatever App the service uses now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from people.ports import (
    Account,
    GitHubRefused,
    ReachedInstallation,
    ReachedRepository,
    TokenPair,
)
from people.roles import Role
from runtime.app_in_use import AppInUse
from runtime.settings import Settings

if TYPE_CHECKING:
    from gateway.people import PeopleGateway


@dataclass(slots=True)
class PeopleAtGitHub:
    """Asks GitHub about people with the App that is used now; refuses while there is none."""

    app: AppInUse
    clock: Callable[[], datetime]
    _opened: "PeopleGateway | None" = None
    _client: tuple[str, str] = ("", "")
    _before: "list[PeopleGateway]" = field(default_factory=list)

    def missing(self) -> str | None:
        """Say what keeps people from signing in with the App that is used now; None: nothing."""
        names = ("ORCHESTRATOR_GITHUB_CLIENT_ID", "ORCHESTRATOR_GITHUB_CLIENT_SECRET")
        given = _client_of(self.app.settings)
        lacking = [name for name, value in zip(names, given, strict=True) if not value]
        if not lacking:
            return None
        why = f" ({self.app.trouble})" if self.app.trouble else ""
        return (
            "nobody can sign in with GitHub: set the server up at /setup, or set "
            f"{' and '.join(lacking)}, the App's own{why}"
        )

    def authorize_url(self, *, state: str, challenge: str, redirect_uri: str) -> str:
        """Return where a browser is sent to."""
        return self._now().authorize_url(
            state=state, challenge=challenge, redirect_uri=redirect_uri
        )

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> TokenPair:
        """Return the tokens for a code, once."""
        return await self._now().exchange(code, verifier, redirect_uri)

    async def refresh(self, refresh: str) -> TokenPair:
        """Return a new pair; the old one is gone."""
        return await self._now().refresh(refresh)

    async def revoke(self, access: str) -> None:
        """Let a token hold no longer."""
        await self._now().revoke(access)

    async def account(self, access: str) -> Account:
        """Return whose token it is."""
        return await self._now().account(access)

    async def installations(self, access: str) -> list[ReachedInstallation]:
        """Return the App's installations that a token's person reaches."""
        return await self._now().installations(access)

    async def repositories(self, access: str, installation_id: int) -> list[ReachedRepository]:
        """Return the repositories that a token's person reaches in one."""
        return await self._now().repositories(access, installation_id)

    async def administers(self, access: str, organization: str) -> bool:
        """Say whether a token's person is an admin of an organization."""
        return await self._now().administers(access, organization)

    async def role(self, installation_id: int, full_name: str, login: str) -> Role:
        """Return what the permission API says of somebody, asked as the App."""
        return await self._now().role(installation_id, full_name, login)

    async def named(self, login: str) -> Account | None:
        """Return the account of a login."""
        return await self._now().named(login)

    async def close(self) -> None:
        """Close all connections."""
        for each in (self._opened, *self._before):
            if each is not None:
                await each.close()

    def _now(self) -> "PeopleGateway":
        client = _client_of(self.app.settings)
        if (missing := self.missing()) is not None:
            raise GitHubRefused(missing)
        if self._opened is None or self._client != client:
            if self._opened is not None:  # somebody may be asking with it
                self._before.append(self._opened)
            self._client, self._opened = client, self._open(*client)
        return self._opened

    def _open(self, client_id: str, secret: str) -> "PeopleGateway":
        from gateway.people import AppClient, PeopleGateway  # noqa: PLC0415 (its client is large)

        settings = self.app.settings
        return PeopleGateway(
            AppClient(client_id, secret),
            api_url=settings.github_api_url,
            web_url=settings.github_web_url,
            clock=self.clock,
            app=self.app.github if self.app.is_there else None,
        )


def _client_of(settings: Settings) -> tuple[str, str]:
    secret = settings.github_client_secret.get_secret_value().strip()
    return settings.github_client_id.strip(), secret
