"""Makes and revokes API tokens, each act an event of the log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Literal, TypeAlias, cast
from uuid import UUID

from events.catalogue import own_event
from events.catalogue.people import TokenFirstUsed, TokenMade, TokenRevoked
from events.identity import keyed_id, timed_id
from events.read import head
from events.store import Store
from people import api_tokens
from people.api_tokens import PREFIX, ApiToken
from people.caller import ADMIN, Caller
from people.doors import Doors
from people.roles import Role
from people.secrets import new_secret

TokenRole: TypeAlias = Literal["viewer", "operator", "maintainer", "administrator"]
Revoked: TypeAlias = Literal["by_person", "by_administrator", "person_gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants a token for; ``only`` None: all of their repositories, now and later."""

    name: str
    most: Role
    only: frozenset[int] | None
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Whose token it becomes; ``made_with`` is the hash of the admin token behind their session."""

    user_id: int | None
    login: str
    made_with: str | None

    @classmethod
    def of(cls, caller: Caller, made_with: str | None) -> "Maker":
        """Return who has a session."""
        return cls(user_id=caller.user_id, login=caller.login, made_with=made_with)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """Makes tokens, and ends them."""

    store: Store
    doors: Doors
    clock: Callable[[], datetime]

    async def make(self, maker: Maker, wanted: Wanted) -> tuple[str, ApiToken]:
        """Return a new token's secret, which nobody can ever read again, and the token.

        Raises TooManyTokens.
        """
        secret, now = new_secret(PREFIX), self.clock()
        token = ApiToken(
            id=timed_id(now, token_bytes(10)),
            user_id=maker.user_id,
            login=None if maker.user_id is None else maker.login,
            name=wanted.name,
            most=wanted.most,
            only=wanted.only,
            made_with=maker.made_with,
            made_at=now,
            made_behind=(await self.store.read(head)).position,
            ends_at=now + min(wanted.lasts, api_tokens.LONGEST),
        )
        await self.store.write(lambda connection: api_tokens.keep(connection, secret, token))
        made = TokenMade(
            token=token.id,
            name=token.name,
            role=cast("TokenRole", token.most.word),
            repositories=None if token.only is None else tuple(sorted(token.only)),
            ends_at=token.ends_at,
        )
        await self.doors.record(made, maker.login, maker.user_id)
        return secret, token

    async def revoke(
        self, token: ApiToken, because: Revoked, by: str, by_id: int | None = None
    ) -> None:
        """Let a token hold no longer; one that does not is fine."""
        if await self.store.write(lambda connection: api_tokens.drop(connection, token.id)):
            await self.doors.record(TokenRevoked(token=token.id, because=because), by, by_id)

    async def used(self, token: ApiToken) -> None:
        """Note that a token was used, at most each minute; of the first time the log tells."""
        now = self.clock()
        if not api_tokens.is_to_be_touched(token, now):
            return
        if token.first_used_at is None:
            await self._first_used(token)
        await self.store.write(lambda connection: api_tokens.touch(connection, token, now))

    async def _first_used(self, token: ApiToken) -> None:
        """Append before it is noted: the same id each time, so that it is there once."""
        event = own_event(
            TokenFirstUsed(token=token.id),
            keyed_id(f"api token first used: {token.id}"),
            by=token.login or ADMIN,
            by_id=token.user_id,
        )
        await self.doors.log.append(event)

    async def find(self, token_id: UUID) -> ApiToken | None:
        """Return a token, whosever it is; None: there is none."""
        now = self.clock()
        return await self.store.read(lambda c: api_tokens.by_id(c, token_id, now))

    async def of_person(self, user_id: int | None) -> list[ApiToken]:
        """Return somebody's tokens; None: those made with the admin token."""
        now = self.clock()
        return await self.store.read(lambda c: api_tokens.of_person(c, user_id, now))
