"""Lends people's tokens to what is done as them, as long as they let us and may write there.

Nobody is taken at the word that they gave once: before a token is lent it is asked, of news since
or after ten minutes, whether GitHub still takes it and lets them write. Whoever cannot be acted as
any more has lost their consent, which the log tells with a sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_bytes

import structlog
from sqlalchemy import Connection

from events.catalogue import About, OwnEvent, own_event
from events.catalogue.own import MAX_REASON
from events.catalogue.people import (
    ConsentGiven,
    ConsentLost,
    ConsentRefreshed,
    ConsentTakenBack,
)
from events.errors import LogError
from events.identity import keyed_id, timed_id
from events.log import EventLog
from events.read import head
from events.store import Store
from people import consents, pairs
from people.consents import Consent, Where
from people.keeper import TokenKeeper
from people.pairs import Kept
from people.ports import GitHubPeople, TokenGone
from people.roles import Role
from projections import access_news

GOOD_FOR = timedelta(minutes=10)  # what GitHub said of somebody, while nothing is told against it

_log = structlog.get_logger("acting users")


@dataclass(frozen=True, slots=True)
class Lent:
    """Somebody's token, to act as them."""

    user_id: int
    login: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingPeople:
    """Who lets us act as them, and may."""

    store: Store
    log: EventLog
    github: GitHubPeople
    keeper: TokenKeeper
    clock: Callable[[], datetime]

    async def lend(self, user_id: int, login: str, where: Where) -> Lent | None:
        """Return somebody's token to act in a repository; None: it cannot be, which is recorded.

        Raises GitHubSilent when that cannot be told now, GitHubRefused when its key is missing.
        """
        consent = await self.store.read(lambda c: consents.find(c, user_id, where.repository_id))
        if consent is None:
            await self._tell_of_nothing(user_id, login, where)
            return None
        if consent.lost_at is not None:
            await self.tell(consent)
            return None
        seen = self.clock()
        try:
            token = await self.keeper.access(user_id, "consent")
        except TokenGone as gone:
            await self.lose(consent, _is_gone(consent, gone), seen, everywhere=True)
            return None
        if not await self._is_in_doubt(consent, where) or await self.check(consent, where):
            return Lent(user_id, consent.login, token)
        return None

    async def refused(self, lent: Lent, where: Where, why: str, *, unauthorised: bool) -> bool:
        """Hear that GitHub refused what was tried as somebody; True: it is worth trying anew.

        ``unauthorised``: it did not take the token. Another may have been kept meanwhile.
        """
        consent = await self.store.read(
            lambda c: consents.find(c, lent.user_id, where.repository_id)
        )
        if consent is None or consent.lost_at is not None:
            return True
        if not unauthorised:
            return not await self.check(consent, where)
        seen, pair = self.clock(), await self.keeper.held(lent.user_id, "consent")
        if pair is None or pair.access == lent.token:
            await self.lose(consent, _is_gone(consent, why), seen, everywhere=True)
        return True

    async def check(self, consent: Consent, where: Where) -> bool:
        """Ask GitHub whether somebody still lets us, and may write; else their consent is lost.

        Raises GitHubSilent or GitHubRefused when that cannot be told.
        """
        seen = self.clock()
        behind, revoked = await self.store.read(lambda c: _news(c, consent))
        if revoked:
            why = f"@{consent.login} took the App's authorisation back at GitHub"
            await self.lose(consent, why, seen, everywhere=True)
            return False
        try:
            token = await self.keeper.access(consent.user_id, "consent")
            login = (await self.github.account(token)).login  # which may be another by now
        except TokenGone as gone:
            await self.lose(consent, _is_gone(consent, gone), seen, everywhere=True)
            return False
        role = await self.github.role(where.installation_id, where.full_name, login)
        if role < Role.OPERATOR:
            why = f"@{login} has no write access to {consent.full_name} any more"
            await self.lose(consent, why, seen, everywhere=False)
            return False
        await self.store.write(lambda c: consents.check(c, consent, login, where, seen, behind))
        return True

    async def lose(self, consent: Consent, why: str, seen: datetime, *, everywhere: bool) -> None:
        """Note that a consent is lost, or all that its person had given until ``seen``; tell of it.

        With the last one their tokens are forgotten.
        """
        now, because = self.clock(), why[:MAX_REASON]
        lost = await self.store.write(
            lambda c: consents.lose(c, consent, because, seen, now, everywhere=everywhere)
        )
        for each in lost:
            _log.warning("somebody cannot be acted as any more", login=each.login, why=because)
            await self.tell(each)
        await self.forget_unneeded(consent.user_id)

    async def forget_unneeded(self, user_id: int) -> None:
        """Forget somebody's tokens, and revoke them at GitHub, where nothing is done by them."""
        kept = await self.store.read(lambda c: _unneeded(c, user_id))
        if kept is not None:
            await self.keeper.forget_pair(kept)

    async def tell(self, consent: Consent) -> None:
        """Have the log tell of a consent as it is, once; raises what the log raises."""
        content: OwnEvent = ConsentGiven(user_id=consent.user_id, login=consent.login)
        if consent.lost_at is not None:
            content = ConsentLost(
                user_id=consent.user_id, login=consent.login, because=consent.why or "unknown"
            )
        await self._append(content, consent, consent.lost_at or consent.given_at)
        await self.store.write(lambda c: consents.note_told(c, consent))

    async def tell_taken_back(self, consent: Consent) -> None:
        """Have the log tell that somebody took a consent back."""
        content = ConsentTakenBack(user_id=consent.user_id, login=consent.login)
        await self._append(content, consent, self.clock())

    async def _append(self, content: OwnEvent, consent: Consent, at: datetime) -> None:
        who = f"{consent.user_id}:{consent.repository_id}"
        key = f"consent:{content.action}:{who}:{at.astimezone(UTC).isoformat()}"
        about = About(installation_id=consent.installation_id, repository_id=consent.repository_id)
        event = own_event(
            content, keyed_id(key), about=about, by=consent.login, by_id=consent.user_id
        )
        await self.log.append(event)

    async def _tell_of_nothing(self, user_id: int, login: str, where: Where) -> None:
        """Tell of what was taken back by a process that died before it did."""
        content = ConsentTakenBack(user_id=user_id, login=login)
        about = About(installation_id=where.installation_id, repository_id=where.repository_id)
        event_id = timed_id(self.clock(), token_bytes(10))
        await self.log.append(own_event(content, event_id, about=about, by=login, by_id=user_id))

    async def _is_in_doubt(self, consent: Consent, where: Where) -> bool:
        age = self.clock() - consent.checked_at
        if not timedelta() <= age < GOOD_FOR or consent.installation_id != where.installation_id:
            return True
        return await self.store.read(lambda c: consents.is_news(c, consent))


async def tell_refreshed(log: EventLog, clock: Callable[[], datetime], kept: Kept) -> None:
    """Tell that the pair of an acting user was refreshed; it is about no repository of theirs."""
    if kept.use != "consent":
        return
    content = ConsentRefreshed(user_id=kept.user_id, login=kept.login)
    event_id = timed_id(clock(), token_bytes(10))
    try:
        await log.append(own_event(content, event_id, by=kept.login, by_id=kept.user_id))
    except LogError as error:
        _log.warning("a refresh could not be recorded", error=str(error))


def _is_gone(consent: Consent, why: object) -> str:
    return f"the token of @{consent.login} is gone: {why}"


def _news(connection: Connection, consent: Consent) -> tuple[int, bool]:
    revoked = access_news.revoked_at(connection, consent.user_id) > consent.given_behind
    return head(connection).position, revoked


def _unneeded(connection: Connection, user_id: int) -> Kept | None:
    if consents.any_given(connection, user_id):
        return None
    return pairs.find(connection, user_id, "consent")
