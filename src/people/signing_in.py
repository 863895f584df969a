"""Signing in with GitHub: out to its page, back with a code, in with the rights that it tells."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import structlog

from events.catalogue.people import AdministratorNamed
from events.errors import OrchestratorError
from events.store import Store
from people import administrators, rights, sign_ins
from people.administrators import Named
from people.attempts import Attempts
from people.doors import Doors, Entered
from people.looking import Looking
from people.ports import Account, GitHubPeople, GitHubRefused, GitHubSilent, TokenPair
from people.setting_up import SettingUp
from people.sign_ins import Begun, Purpose, SignIn
from people.vault import Vault

_log = structlog.get_logger("people")


class NothingHere(OrchestratorError):
    """Somebody is who they say, and reaches nothing on this server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What comes back from GitHub: its name for itself, the secrets of a session and of set-up."""

    agent: str
    session: str | None = field(repr=False)
    setup: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn:
    """Takes people to GitHub and in again."""

    store: Store
    vault: Vault
    github: GitHubPeople
    looking: Looking
    doors: Doors
    named: Named
    attempts: Attempts
    setting_up: SettingUp
    clock: Callable[[], datetime]

    async def begin(self, purpose: Purpose, target: str, redirect_uri: str) -> tuple[Begun, str]:
        """Return what the browser takes along, and where it goes.

        Raises TooManySignIns, VaultMissing.
        """
        now = self.clock()
        begun = await self.store.write(
            lambda c: sign_ins.begin(c, self.vault, purpose, target, now)
        )
        url = self.github.authorize_url(
            state=begun.state, challenge=begun.challenge, redirect_uri=redirect_uri
        )
        return begun, url

    async def returned(self, state: str, browser: str) -> SignIn:
        """Take a sign-in that came back from GitHub, once; raises SignInUnknown."""
        now = self.clock()
        return await self.store.write(lambda c: sign_ins.spend(c, self.vault, state, browser, now))

    async def enter(
        self, sign_in: SignIn, code: str, redirect_uri: str, browser: Browser
    ) -> Entered:
        """Begin a session of whoever a code is of; the one that the browser had ends.

        Raises GitHubRefused, GitHubSilent, NothingHere.
        """
        pair = await self.github.exchange(code, sign_in.verifier, redirect_uri)
        account = await self.github.account(pair.access)
        await self._resolve(account)
        if sign_in.purpose == "setup":
            await self._name_first(account, browser)
        try:
            await self._require_something(account, pair)
        except OrchestratorError:
            with suppress(GitHubSilent, GitHubRefused):  # it ends by itself within hours
                await self.github.revoke(pair.access)
            raise
        return await self.doors.enter(account, pair, browser.agent, browser.session)

    async def name_administrator(self, account: Account, by: Literal["setting", "setup"]) -> None:
        """Let an account administer this server."""
        now = self.clock()
        if await self.store.write(lambda c: administrators.name(c, account, by, now)):
            content = AdministratorNamed(user_id=account.id, login=account.login, by=by)
            await self.doors.record(content, account.login, account.id)

    async def _name_first(self, account: Account, browser: Browser) -> None:
        """Let an account administer that comes from set-up, unless somebody does by now."""
        if await self.setting_up.name_first(account, browser.setup, browser.session):
            content = AdministratorNamed(user_id=account.id, login=account.login, by="setup")
            await self.doors.record(content, account.login, account.id)

    async def _require_something(self, account: Account, pair: TokenPair) -> None:
        """Refuse whoever reaches nothing here, and forget their rights.

        After too many such sign-ins of an account it is told so without GitHub being asked again.
        """
        if await self.store.read(lambda c: administrators.known(c, account.id, self.named)):
            return
        who = f"account:{account.id}"
        may_look = not self.attempts.waits("account", lambda: who)
        if not may_look or not (await self._reaches_something(account, pair)):
            await self.attempts.failed("account", who)
            await self.store.write(lambda c: rights.forget(c, account.id))
            raise NothingHere(
                f"@{account.login} reaches no repository that this server knows: ask whoever "
                "administers one for access, or its owner to install the App"
            )

    async def _reaches_something(self, account: Account, pair: TokenPair) -> bool:
        reach = await self.looking.look(account.id, account.login, pair.access)
        return bool(reach.installations)

    async def _resolve(self, account: Account) -> None:
        """Find out once whose accounts the logins of the setting are."""
        unresolved = await self.store.read(lambda c: administrators.unresolved(c, self.named))
        for login in unresolved:
            own = login == account.login.lower()
            try:
                found = account if own else await self.github.named(login)
            except (GitHubSilent, GitHubRefused) as error:
                _log.warning("an administrator could not be looked up", login=login, why=str(error))
                continue
            if found is None:
                _log.warning("no GitHub account has the login of an administrator", login=login)
            else:
                await self.name_administrator(Account(found.id, login), "setting")
