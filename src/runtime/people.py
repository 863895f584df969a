"""People from the settings: who may sign in, with which App, and who keeps their tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from secrets import token_bytes

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
from people.programs import Programs
from people.recognition import Recognition
from people.setting_up import SettingUp
from people.signing_in import SigningIn
from people.vault import Vault
from people.vouching import Vouching
from runtime.app_in_use import AppInUse
from runtime.doctor.examiner import Examiner
from runtime.people_at_github import PeopleAtGitHub
from runtime.setting_up import AppDesk, findings_of
from runtime.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPeople:
    """What the API is handed, and the connections to GitHub behind it."""

    api: People
    github: PeopleAtGitHub
    desk: AppDesk
    acting: ActingPeople

    async def close(self) -> None:
        """Wait for tokens that are being refreshed, and close all connections."""
        await self.desk.examiner.close()
        await self.acting.keeper.close()
        await self.github.close()


@dataclass(frozen=True, kw_only=True)
class PeopleWiring:
    """What recognises people, put together of the settings and of what the process has already.

    Each part is made once, for whoever of the others needs it.
    """

    settings: Settings
    store: Store
    log: EventLog
    clock: Callable[[], datetime]
    instance: str
    app: AppInUse

    def wired(self) -> OpenPeople:
        """Return all of it; opens no connection yet."""
        acting = ActingPeople(
            store=self.store,
            log=self.log,
            github=self._github,
            keeper=self._keeper,
            clock=self.clock,
        )
        desk = AppDesk(
            settings=self.settings,
            app=self.app,
            store=self.store,
            vault=self._vault,
            doors=self._doors,
            clock=self.clock,
            examiner=Examiner(partial(findings_of, self.app, self.clock), self.clock),
        )
        return OpenPeople(api=self._api(acting), github=self._github, desk=desk, acting=acting)

    def _api(self, acting: ActingPeople) -> People:
        return People(
            recognition=self._recognition,
            doors=self._doors,
            issuing=self._issuing,
            attempts=self._attempts,
            programs=Programs(store=self.store, issuing=self._issuing, clock=self.clock),
            signing_in=self._signing_in,
            consenting=Consenting(acting=acting, signing_in=self._signing_in),
            why_not=self._why_not,
            public_url=self.settings.public_url,
            admin_tokens=self.settings.admin_tokens,
            setting_up=self._setting_up,
        )

    def _why_not(self) -> str | None:
        """Say why nobody can sign in with GitHub; None: they can."""
        if self._vault.is_usable:
            return self._github.missing()
        return (
            "nobody can sign in with GitHub: set ORCHESTRATOR_SECRET_KEY, which seals their tokens"
        )

    @cached_property
    def _recognition(self) -> Recognition:
        return Recognition(
            store=self.store,
            doors=self._doors,
            looking=self._looking,
            issuing=self._issuing,
            vouching=Vouching(
                store=self.store, github=self._github, looking=self._looking, clock=self.clock
            ),
            named=self._named,
            admin_tokens=self.settings.admin_tokens,
            clock=self.clock,
        )

    @cached_property
    def _signing_in(self) -> SigningIn:
        return SigningIn(
            store=self.store,
            vault=self._vault,
            github=self._github,
            looking=self._looking,
            doors=self._doors,
            named=self._named,
            attempts=self._attempts,
            setting_up=self._setting_up,
            clock=self.clock,
        )

    @cached_property
    def _setting_up(self) -> SettingUp:
        return SettingUp(
            store=self.store,
            named=self._named,
            vault=self._vault,
            admin_tokens=self.settings.admin_tokens,
            clock=self.clock,
        )

    @cached_property
    def _attempts(self) -> Attempts:
        """Count failures by addresses that nobody reads without one of our own secrets."""
        settings = self.settings
        secrets = (*settings.secret_keys, *(each.encode() for each in settings.admin_tokens))
        secret = secrets[0] if secrets else token_bytes(32)  # there is nothing to guess, either
        share = settings.proxies.share
        return Attempts(store=self.store, clock=self.clock, key=key_of(secret), share=share)

    @cached_property
    def _issuing(self) -> Issuing:
        return Issuing(store=self.store, doors=self._doors, clock=self.clock)

    @cached_property
    def _doors(self) -> Doors:
        return Doors(store=self.store, log=self.log, clock=self.clock, keeper=self._keeper)

    @cached_property
    def _looking(self) -> Looking:
        return Looking(store=self.store, github=self._github, keeper=self._keeper, clock=self.clock)

    @cached_property
    def _keeper(self) -> TokenKeeper:
        return TokenKeeper(
            store=self.store,
            vault=self._vault,
            github=self._github,
            clock=self.clock,
            holder=self.instance,
            refreshed=partial(tell_refreshed, self.log, self.clock),
        )

    @cached_property
    def _github(self) -> PeopleAtGitHub:
        return PeopleAtGitHub(self.app, self.clock)

    @cached_property
    def _vault(self) -> Vault:
        return Vault(self.settings.secret_keys)

    @cached_property
    def _named(self) -> Named:
        return Named.read(self.settings.administrators)
