"""Reads the App's installations and their repositories, and asks GitHub about what is claimed.

So an App that was installed before the service first ran shows its repositories at once, and
nobody moves a repository by a forged delivery. Where nothing was missed, nothing is recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from events.envelope import NewEvent
from events.github.observations import kept
from events.json_types import JsonObject
from events.scalars import integer
from reactions.installations import known
from reactions.installations.news import answer, installation_news, repository_news
from reactions.ports.failures import GitHubFailure, RateLimited, Refused
from reactions.ports.github import Recovering
from reactions.visits import Services, Visited

_APPENDED_AT_ONCE = 100
_CLAIMS_AT_ONCE = 20
_ASKED_SINGLY = 50  # repositories of one installation that its list lacks
_AGAIN = timedelta(minutes=10)  # a claim that came back, and a reading that failed
_MOST_ASKED = 1000

_log = structlog.get_logger("installations")


@dataclass(slots=True, kw_only=True)
class Installations:
    """Reads everything at the start and every so often, and settles claims as they come.

    ``random`` returns a number from 0 to 1. What is kept here is only when to look again.
    """

    github: Recovering
    services: Services
    random: Callable[[], float]
    every: timedelta = timedelta(hours=6)
    _due: datetime | None = None
    _awaited: int | None = None
    _asked: dict[int, datetime] = field(default_factory=dict)  # until when each is not asked about

    async def step(self) -> Visited:
        """Settle what is claimed, and read what is due; call it again then.

        Raises what the log and the database raise, and what the guard does.
        """
        if not await self._reflected():
            return Visited(behind=True)
        now = self.services.clock()
        try:
            settled = await self._settle(now)
            if self._due is None or self._due <= now:
                self._due = await self._read()
        except RateLimited as limited:
            _log.warning("GitHub takes no more for now", until=limited.until.isoformat())
            return Visited(next_due=limited.until)
        return Visited(visited=settled, next_due=min([self._due, *self._asked.values()]))

    async def _reflected(self) -> bool:
        """Say whether all that was in the log when this began is known; it never waits for more."""
        if self._awaited is None:
            self._awaited = (await self.services.log.head()).position
        if await self.services.store.read(known.reflected) < self._awaited:
            return False
        self._awaited = None
        return True

    async def _settle(self, now: datetime) -> int:
        """Ask GitHub whose the claimed repositories are; each at most every so often."""
        self._asked = {number: at for number, at in self._asked.items() if at > now}
        claimed = await self.services.store.read(lambda c: known.claimed(c, _CLAIMS_AT_ONCE))
        settled = 0
        for number in claimed:
            if number in self._asked or len(self._asked) >= _MOST_ASKED:
                continue
            self._asked[number] = now + _AGAIN
            as_of = (await self.services.log.head()).position
            try:
                found = await self.github.installation_of(number)
            except RateLimited:
                raise
            except GitHubFailure as failure:
                _log.warning("a claim is not settled", repository=number, error=str(failure)[:300])
                continue
            await self._record([answer(number, found, as_of)])
            settled += 1
        return settled

    async def _read(self) -> datetime:
        """Read every installation; return when that is due again. One that fails stops no other."""
        as_of = (await self.services.log.head()).position
        rows = await self.services.store.read(known.installations)
        try:
            listed = [each async for each in self.github.installations()]
            whole = True
            for each in listed:
                await self._record(list(installation_news(each, rows, as_of)))
                whole &= each.get("suspended_at") is not None or await self._reach(each, as_of)
        except RateLimited:
            raise
        except GitHubFailure as failure:
            _log.warning("installations cannot be read", error=str(failure)[:300])
            whole = False
        wait = self.every * (0.9 + 0.2 * self.random()) if whole else _AGAIN
        return self.services.clock() + wait

    async def _reach(self, installation: JsonObject, as_of: int) -> bool:
        """Read the repositories of an installation; say whether it came to an end."""
        number = integer(installation.get("id"))
        if number is None:
            return True
        found, whole = await self._listed(number)
        ids = {each["id"] for each in found}
        rows = await self.services.store.read(lambda c: known.repositories(c, ids))
        await self._record(list(repository_news(found, rows, installation, as_of)))
        if whole:
            before = await self.services.store.read(lambda c: known.reached_through(c, number))
            for absent in sorted(before - ids)[:_ASKED_SINGLY]:
                other = await self.github.installation_of(absent)
                if other is None or integer(other.get("id")) != number:
                    await self._record([answer(absent, other, as_of)])
        return whole

    async def _listed(self, number: int) -> tuple[list[dict[str, Any]], bool]:
        found: list[dict[str, Any]] = []
        try:
            async for each in self.github.repositories(number):
                if (repository_id := integer(each.get("id"))) is not None:
                    row = {**kept("repository", each), "id": repository_id}
                    found.append(row)
        except RateLimited:
            raise
        except Refused as refused:  # there are more than anybody lists
            _log.warning("a list is not read to its end", installation=number, error=str(refused))
            return found, False
        except GitHubFailure as failure:
            _log.warning("an installation cannot be read", installation=number, error=str(failure))
            return found, False
        return found, True

    async def _record(self, events: list[NewEvent]) -> None:
        for start in range(0, len(events), _APPENDED_AT_ONCE):
            await self.services.write(lambda _connection: None)  # the guard: is it ours still?
            await self.services.log.append(*events[start : start + _APPENDED_AT_ONCE])
