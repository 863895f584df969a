"""What people do about being acted as: consent, take it back, put themselves in an order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from secrets import token_bytes

import orjson
from sqlalchemy import Connection

from events.catalogue import About, own_event
from events.catalogue.people import ConsentsOrdered
from events.errors import OrchestratorError
from events.identity import timed_id
from events.read import head
from people import consents, pairs
from people.acting import ActingPeople
from people.consents import Consent, Where
from people.keeper import TokenKeeper
from people.ports import Account, GitHubRefused, GitHubSilent, TokenPair
from people.roles import Role
from people.sign_ins import Begun, SignIn
from people.signing_in import SigningIn

MOST = 100  # repositories at once


class AnotherPerson(OrchestratorError):
    """Who agreed at GitHub is not who asked for it here."""


class MayNotWrite(OrchestratorError):
    """Who may not write to a repository cannot be acted as there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked to consent to: for which repositories, and where they go on then."""

    user_id: int
    repositories: tuple[int, ...]
    return_to: str

    def packed(self) -> str:
        """Return it as a sign-in's target."""
        return orjson.dumps([self.user_id, self.repositories, self.return_to]).decode()

    @classmethod
    def of(cls, sign_in: SignIn) -> "Asked":
        """Read it from a sign-in that came back."""
        user_id, repositories, return_to = orjson.loads(sign_in.target)
        return cls(user_id, tuple(repositories), return_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consenting:
    """Lets people consent, by going through GitHub once more: for tokens of its own."""

    acting: ActingPeople
    signing_in: SigningIn

    @property
    def keeper(self) -> TokenKeeper:
        """Who keeps the tokens."""
        return self.acting.keeper

    async def begin(self, asked: Asked, redirect_uri: str) -> tuple[Begun, str]:
        """Return what the browser takes along, and where it goes.

        Raises TooManySignIns, VaultMissing.
        """
        return await self.signing_in.begin("consent", asked.packed(), redirect_uri)

    async def agreed(
        self, sign_in: SignIn, code: str, redirect_uri: str, places: Sequence[Where]
    ) -> None:
        """Keep the consent of whoever a code is of, which must be who asked.

        Raises AnotherPerson, MayNotWrite, GitHubRefused, GitHubSilent.
        """
        github, asked = self.acting.github, Asked.of(sign_in)
        pair = await github.exchange(code, sign_in.verifier, redirect_uri)
        account = await github.account(pair.access)
        if account.id != asked.user_id:
            await self._revoke(pair)
            raise AnotherPerson(
                f"at GitHub @{account.login} agreed, who is somebody else than you are here; "
                "sign out there, or in here as them, and consent once more"
            )
        writable = await self._writable(pair, {where.installation_id for where in places})
        for where in places:
            if where.repository_id not in writable:
                await self._revoke(pair)
                raise MayNotWrite(
                    f"@{account.login} has no write access to {where.full_name} at GitHub, and "
                    "can't be acted as there"
                )
        await self._keep(account, pair, places)

    async def take_back(self, user_id: int, repositories: Sequence[int]) -> list[Consent]:
        """Take consents back; with the last, their tokens are revoked at GitHub."""
        gone = await self.acting.store.write(lambda c: consents.take_back(c, user_id, repositories))
        for each in gone:
            await self.acting.tell_taken_back(each)
        await self.acting.forget_unneeded(user_id)
        return gone

    async def order(
        self, about: About, user_ids: Sequence[int], by: str, by_id: int | None
    ) -> None:
        """Put the acting users of a repository in an order; what changes nothing is not told."""
        repository_id = about.repository_id or 0
        if not await self.acting.store.write(lambda c: _reordered(c, repository_id, user_ids)):
            return
        content = ConsentsOrdered(user_ids=tuple(user_ids))
        event_id = timed_id(self.acting.clock(), token_bytes(10))
        await self.acting.log.append(own_event(content, event_id, about=about, by=by, by_id=by_id))

    async def _writable(self, pair: TokenPair, installations: Collection[int]) -> set[int]:
        """Return where a token may write, as GitHub says to whoever has it: that needs no App."""
        found: set[int] = set()
        for installation_id in installations:
            seen = await self.acting.github.repositories(pair.access, installation_id)
            found |= {each.id for each in seen if each.role >= Role.OPERATOR}
        return found

    async def _keep(self, account: Account, pair: TokenPair, places: Sequence[Where]) -> None:
        try:
            before = await self.keeper.held(account.id, "consent")
        except GitHubRefused:
            before = None  # its key is gone, and it cannot be revoked
        given = await self.acting.store.write(lambda c: self._given(c, account, pair, places))
        for each in given:
            await self.acting.tell(each)
        if before is not None:
            await self._revoke(before)

    def _given(
        self, connection: Connection, account: Account, pair: TokenPair, places: Sequence[Where]
    ) -> list[Consent]:
        """Keep the pair and what it is for in one transaction: no pair is without a consent."""
        now, behind = self.acting.clock(), head(connection).position
        vault = self.keeper.vault
        pairs.keep(connection, vault, account.id, "consent", account.login, pair, now)
        given = []
        for where in places:
            consent = Consent(
                user_id=account.id,
                repository_id=where.repository_id,
                installation_id=where.installation_id,
                full_name=where.full_name,
                login=account.login,
                place=0,
                given_at=now,
                given_behind=behind,
                checked_at=now,
                checked_behind=behind,
                lost_at=None,
                why=None,
                told=False,
            )
            consents.give(connection, consent)
            given.append(consent)
        return given

    async def _revoke(self, pair: TokenPair) -> None:
        try:
            await self.acting.github.revoke(pair.access)
        except (GitHubSilent, GitHubRefused):
            return  # it ends by itself within hours, and nobody holds it any more


def _reordered(connection: Connection, repository_id: int, user_ids: Sequence[int]) -> bool:
    """Put those of a repository in an order; says whether it is another than it was."""
    before = _order(connection, repository_id)
    consents.order(connection, repository_id, user_ids)
    return _order(connection, repository_id) != before


def _order(connection: Connection, repository_id: int) -> list[int]:
    return [each.user_id for each in consents.of_repository(connection, repository_id)]
