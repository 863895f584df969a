"""People from the settings: who may sign in, with which App, and who keeps their tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from api.people import People
from events.log import EventLog
from events.store import Store
from people.acting import ActingPeople, tell_refreshed
from people.administrators import Named
from people.consenting import Consenting
from people.doors import Doors
from people.keeper import TokenKeeper
from people.looking import Looking
from people.recognition import Recognition
from people.signing_in import SigningIn
from people.vault import Vault
from runtime.settings import Settings

if TYPE_CHECKING:
    from gateway import GitHubGateway
    from gateway.people import PeopleGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPeople:
    """What the API is handed, and the connections to GitHub behind it, if there are any."""

    api: People
    gateway: "PeopleGateway | None"
    acting: ActingPeople | None = None

    async def close(self) -> None:
        """Wait for tokens that are being refreshed, and close all connections."""
        if self.acting is not None:
            await self.acting.keeper.close()
        if self.gateway is not None:
            await self.gateway.close()


def open_people(  # noqa: PLR0913 (the settings, and what the process has already)
    settings: Settings,
    store: Store,
    log: EventLog,
    clock: Callable[[], datetime],
    instance: str,
    asked: "Callable[[], GitHubGateway] | None",
) -> OpenPeople:
    """Build what recognises people; opens no connection yet."""
    gateway = _gateway(settings, clock, asked)
    vault, named = Vault(settings.secret_keys), Named.read(settings.administrators)
    keeper = looking = signing_in = acting = consenting = None
    if gateway is not None:
        keeper = TokenKeeper(
            store=store,
            vault=vault,
            github=gateway,
            clock=clock,
            holder=instance,
            refreshed=partial(tell_refreshed, log, clock),
        )
        acting = ActingPeople(store=store, log=log, github=gateway, keeper=keeper, clock=clock)
        looking = Looking(store=store, github=gateway, keeper=keeper, clock=clock)
    doors = Doors(store=store, log=log, clock=clock, keeper=keeper)
    if gateway is not None and keeper is not None and looking is not None and vault.is_usable:
        signing_in = SigningIn(
            store=store,
            vault=vault,
            github=gateway,
            keeper=keeper,
            looking=looking,
            doors=doors,
            named=named,
            clock=clock,
        )
    if acting is not None and signing_in is not None:
        consenting = Consenting(acting=acting, signing_in=signing_in)
    recognition = Recognition(
        store=store,
        doors=doors,
        looking=looking,
        named=named,
        admin_tokens=settings.admin_tokens,
        clock=clock,
    )
    api = People(
        recognition=recognition,
        doors=doors,
        signing_in=signing_in,
        consenting=consenting,
        why_not=_why_not(settings, vault),
        public_url=settings.public_url,
        admin_tokens=settings.admin_tokens,
    )
    return OpenPeople(api=api, gateway=gateway, acting=acting)


def _gateway(
    settings: Settings,
    clock: Callable[[], datetime],
    asked: "Callable[[], GitHubGateway] | None",
) -> "PeopleGateway | None":
    client_id = settings.github_client_id.strip()
    secret = settings.github_client_secret.get_secret_value().strip()
    if not client_id or not secret:
        return None
    from gateway.people import AppClient, PeopleGateway  # noqa: PLC0415 (its client is large)

    return PeopleGateway(
        AppClient(client_id, secret),
        api_url=settings.github_api_url,
        web_url=settings.github_web_url,
        clock=clock,
        app=asked,
    )


def _why_not(settings: Settings, vault: Vault) -> str:
    if not vault.is_usable:
        return (
            "nobody can sign in with GitHub: set ORCHESTRATOR_SECRET_KEY, which seals their tokens"
        )
    missing = [
        name
        for name, value in (
            ("ORCHESTRATOR_GITHUB_CLIENT_ID", settings.github_client_id),
            ("ORCHESTRATOR_GITHUB_CLIENT_SECRET", settings.github_client_secret.get_secret_value()),
        )
        if not value.strip()
    ]
    return f"nobody can sign in with GitHub: set {' and '.join(missing)}, the App's own"
