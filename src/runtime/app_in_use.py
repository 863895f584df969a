"""The GitHub App of this process: the environment's, else the one that set-up keeps, as it is now.

Set-up may bring an App, or another, while processes run. So whoever needs one asks here when they
need it, and a small look every few seconds finds what another process kept.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr
from sqlalchemy import Connection

from events.errors import OrchestratorError
from events.signature import WebhookSecret
from events.store import Store
from people import kept_app
from people.ports import AppCredentials
from people.vault import Vault
from reactions.ports.answers import RateLimit
from runtime.clock import now
from runtime.logs import hide
from runtime.migrate import with_database
from runtime.settings import Settings

if TYPE_CHECKING:
    from gateway import GitHubGateway

_LOOK_SECONDS = 2.0
_FIRST_SECONDS = 5.0

_log = structlog.get_logger("app")


def observe_nothing(_limit: RateLimit) -> None:
    """Look away."""


class AppInUse:
    """What is known of the App now; ``settings`` are those given, with the kept App's in them."""

    def __init__(
        self,
        given: Settings,
        store: Store,
        clock: Callable[[], datetime] = now,
        observe: Callable[[RateLimit], None] = observe_nothing,
    ) -> None:
        self.settings = given
        self.arrived = asyncio.Event()  # set while there is one
        self.trouble = ""  # why one that is kept cannot be used
        self.page = ""  # of one that is kept, at GitHub
        self._given = given
        self._store = store
        self._vault = Vault(given.secret_keys)
        self._clock = clock
        self._observe = observe
        self._version = 0
        self._gateway: GitHubGateway | None = None
        if self.is_there:
            self.arrived.set()

    @property
    def is_there(self) -> bool:
        """Whether there is an App as which GitHub can be asked."""
        return has_app(self.settings)

    @property
    def webhook_secrets(self) -> tuple[WebhookSecret, ...]:
        """The secrets that verify a delivery now."""
        return self.settings.webhook_secrets

    def github(self) -> "GitHubGateway":
        """Return the gateway, which is built once it is asked for; raises CredentialUnusable."""
        if self._gateway is None:
            self._gateway = github_of(self.settings, self._observe, self._clock)
        assert self._gateway is not None  # noqa: S101 (only asked for where there is an App)
        return self._gateway

    async def look_first(self) -> None:
        """Look once, not for long: without a database there is more to wait for than an App."""
        with suppress(Exception):  # the next look tells
            async with asyncio.timeout(_FIRST_SECONDS):
                await self.look()

    async def follow(self) -> None:
        """Look every few seconds; where the environment has an App, there is nothing to see."""
        while not has_app(self._given):
            await asyncio.sleep(_LOOK_SECONDS)
            with suppress(Exception):  # health says by itself that the database is away
                await self.look()

    async def look(self) -> None:
        """Use what is kept now, if that is news."""
        if has_app(self._given):
            return
        try:
            version, kept = await self._store.read(self._news)
        except OrchestratorError as error:  # what was sealed cannot be opened
            self._say(str(error))
            return
        if kept is not None and self._take(kept, version):
            await self._store.write(lambda c: kept_app.seal_anew(c, self._vault))

    async def close(self) -> None:
        """Close all connections."""
        if self._gateway is not None:
            await self._gateway.close()

    def _news(self, connection: Connection) -> tuple[int, AppCredentials | None]:
        version = kept_app.version(connection)
        if version == self._version:
            return version, None
        return version, kept_app.find(connection, self._vault)

    def _take(self, kept: AppCredentials, version: int) -> bool:
        """Use it; False: it cannot be used."""
        settings = with_app(self._given, kept)
        try:
            if self._gateway is not None:
                from runtime.github import access_of  # noqa: PLC0415 (as in ``github_of``)

                self._gateway.use(access_of(settings))
        except OrchestratorError as error:
            self._say(str(error))
            return False
        hide((kept.private_key, kept.client_secret, kept.webhook_secret))
        self.settings, self._version, self.trouble = settings, version, ""
        self.page = kept.html_url
        self.arrived.set()
        _log.info("the App that set-up keeps is used", app=kept.slug, version=version)
        return True

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            _log.error("the App that set-up kept cannot be used", why=trouble)
        self.trouble = trouble


def has_app(settings: Settings) -> bool:
    """Say whether settings name an App as which GitHub can be asked."""
    return bool(settings.github_app_id and settings.github_private_key.get_secret_value())


def with_app(given: Settings, kept: AppCredentials | None) -> Settings:
    """Return settings in which a kept App stands, unless the environment names one.

    Its webhook secret holds beside those of the environment, any of which may be in use.
    """
    if kept is None or has_app(given):
        return given
    secrets = (given.webhook_secret.get_secret_value(), kept.webhook_secret)
    values: dict[str, object] = {
        "github_app_id": str(kept.app_id),
        "github_private_key": SecretStr(kept.private_key),
        "webhook_secret": SecretStr(",".join(filter(None, secrets))),
    }
    if not (given.github_client_id and given.github_client_secret.get_secret_value()):
        values["github_client_id"] = kept.client_id
        values["github_client_secret"] = SecretStr(kept.client_secret)
    settings = given.model_copy(update=values)
    vars(settings).pop("webhook_secrets", None)  # worked out of what it was copied from
    return settings


async def settings_with_kept_app(given: Settings) -> Settings:
    """Return settings as a running service would use them, as far as its database can be read."""
    if has_app(given):
        return given
    vault = Vault(given.secret_keys)
    try:
        kept = await with_database(
            given.database_url, lambda store: store.read(lambda c: kept_app.find(c, vault))
        )
    except Exception:  # noqa: BLE001 (what is wrong with the database others say)
        return given
    return with_app(given, kept)


def github_of(
    settings: Settings,
    observe: Callable[[RateLimit], None] = observe_nothing,
    clock: Callable[[], datetime] = now,
) -> "GitHubGateway | None":
    """Build the gateway where an App is set; without one, nothing is done on GitHub.

    Opens no connection yet. Raises CredentialUnusable.
    """
    if not has_app(settings):
        return None
    from runtime.github import open_github  # noqa: PLC0415 (its client is large, and `web` needs none)

    return open_github(settings, clock, observe, wall=now)
