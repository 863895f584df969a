"""People from the settings: who may sign in, with which App, and who keeps their tokens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from secrets import token_bytes
from typing import TYPE_CHECKING

from api.people import People
from events.log import EventLog
from events.store import Store
from people.acting import ActingPeople, tell_refreshed
from people.administrators import Named
from people.attempts import Attempts, key_of
from people.consenting import Consenting
from people.doors import Doors
from people.issuing import Issuing
from people.keeper import TokenKeeper
from people.looking import Looking
from people.ports import (
    Account,
    GitHubRefused,
    ReachedInstallation,
    ReachedRepository,
    TokenPair,
)
from people.programs import Programs
from people.recognition import Recognition
from people.roles import Role
from people.setting_up import SettingUp
from people.signing_in import SigningIn
from people.vault import Vault
from people.vouching import Vouching
from runtime.app_in_use import AppInUse
from runtime.setting_up import AppDesk
from runtime.settings import Settings

if TYPE_CHECKING:
    from gateway.people import PeopleGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPeople:
    """What the API is handed, and the connections to GitHub behind it."""

    api: People
    github: "PeopleAtGitHub"
    desk: AppDesk
    acting: ActingPeople

    async def close(self) -> None:
        """Wait for tokens that are being refreshed, and close all connections."""
        await self.acting.keeper.close()
        await self.github.close()


def open_people(  # noqa: PLR0913 (the settings, and what the process has already)
    settings: Settings,
    store: Store,
    log: EventLog,
    clock: Callable[[], datetime],
    instance: str,
    app: AppInUse,
) -> OpenPeople:
    """Build what recognises people; opens no connection yet."""
    github = PeopleAtGitHub(app, clock)
    vault, named = Vault(settings.secret_keys), Named.read(settings.administrators)
    keeper = TokenKeeper(
        store=store,
        vault=vault,
        github=github,
        clock=clock,
        holder=instance,
        refreshed=partial(tell_refreshed, log, clock),
    )
    acting = ActingPeople(store=store, log=log, github=github, keeper=keeper, clock=clock)
    looking = Looking(store=store, github=github, keeper=keeper, clock=clock)
    doors = Doors(store=store, log=log, clock=clock, keeper=keeper)
    attempts = _attempts(settings, store, clock)
    setting_up = SettingUp(
        store=store,
        named=named,
        vault=vault,
        admin_tokens=settings.admin_tokens,
        clock=clock,
    )
    signing_in = SigningIn(
        store=store,
        vault=vault,
        github=github,
        looking=looking,
        doors=doors,
        named=named,
        attempts=attempts,
        setting_up=setting_up,
        clock=clock,
    )
    issuing = Issuing(store=store, doors=doors, clock=clock)
    vouching = Vouching(store=store, github=github, looking=looking, clock=clock)
    recognition = Recognition(
        store=store,
        doors=doors,
        looking=looking,
        issuing=issuing,
        vouching=vouching,
        named=named,
        admin_tokens=settings.admin_tokens,
        clock=clock,
    )
    api = People(
        recognition=recognition,
        doors=doors,
        issuing=issuing,
        attempts=attempts,
        programs=Programs(store=store, issuing=issuing, clock=clock),
        signing_in=signing_in,
        consenting=Consenting(acting=acting, signing_in=signing_in),
        why_not=lambda: why_not(app, vault),
        public_url=settings.public_url,
        admin_tokens=settings.admin_tokens,
        setting_up=setting_up,
    )
    desk = AppDesk(settings=settings, app=app, store=store, vault=vault, doors=doors, clock=clock)
    return OpenPeople(api=api, github=github, desk=desk, acting=acting)


def _attempts(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Attempts:
    """Count failures by addresses that nobody reads without one of our own secrets."""
    secrets = (*settings.secret_keys, *(each.encode() for each in settings.admin_tokens))
    secret = secrets[0] if secrets else token_bytes(32)  # there is nothing to guess, either
    share = settings.proxies.share
    return Attempts(store=store, clock=clock, key=key_of(secret), share=share)


@dataclass(slots=True)
class PeopleAtGitHub:
    """Asks GitHub about people with the App that is used now; refuses while there is none."""

    app: AppInUse
    clock: Callable[[], datetime]
    _opened: "PeopleGateway | None" = None
    _client: tuple[str, str] = ("", "")
    _before: "list[PeopleGateway]" = field(default_factory=list)

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
        if not all(client):
            raise GitHubRefused(_missing(self.app))
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


def why_not(app: AppInUse, vault: Vault) -> str | None:
    """Say why nobody can sign in with GitHub; None: they can."""
    if not vault.is_usable:
        return (
            "nobody can sign in with GitHub: set ORCHESTRATOR_SECRET_KEY, which seals their tokens"
        )
    return None if all(_client_of(app.settings)) else _missing(app)


def _missing(app: AppInUse) -> str:
    names = ("ORCHESTRATOR_GITHUB_CLIENT_ID", "ORCHESTRATOR_GITHUB_CLIENT_SECRET")
    given = _client_of(app.settings)
    missing = [name for name, value in zip(names, given, strict=True) if not value]
    why = f" ({app.trouble})" if app.trouble else ""
    return (
        "nobody can sign in with GitHub: set the server up at /setup, or set "
        f"{' and '.join(missing)}, the App's own{why}"
    )


def _client_of(settings: Settings) -> tuple[str, str]:
    secret = settings.github_client_secret.get_secret_value().strip()
    return settings.github_client_id.strip(), secret
