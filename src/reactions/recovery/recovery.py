"""Recovery: what GitHub could not deliver is asked for again, and known to be missing until then.

GitHub does not deliver again by itself, but keeps for some days what it tried, and how that went.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from events.store import Store
from reactions.ports.answers import HookDelivery
from reactions.ports.failures import (
    GitHubFailure,
    NotFound,
    RateLimited,
    Refused,
    Unauthorised,
    Unavailable,
)
from reactions.ports.github import Recovering
from reactions.recovery import state
from reactions.recovery.missing import Patience, grouped, missing_now
from reactions.recovery.state import Completeness, MissingDelivery

_OVERLAP = timedelta(minutes=5)  # for attempts that enter GitHub's list late

_log = structlog.get_logger("recovery")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What one look came to; ``settled``: nothing is awaited that GitHub can still deliver.

    ``until``: GitHub takes no more before.
    """

    settled: bool
    awaited: int = 0
    asked: int = 0
    until: datetime | None = None


@dataclass(slots=True)
class _Asked:
    """How many deliveries were asked for, and how many GitHub will not deliver any more."""

    asked: int = 0
    given_up: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Finds missing deliveries and asks for them, a bounded number at a time and each in turn.

    ``grace`` is for how long what GitHub delivered may not be in the log yet, ``reach`` for how
    long GitHub keeps deliveries, ``again_after`` how long one that was asked
    for is waited for, ``most_often`` how often it is asked for at all. ``guard`` runs in every
    writing transaction and raises when this process should not be recovering.
    """

    github: Recovering
    store: Store
    clock: Callable[[], datetime]
    guard: Callable[[Connection], None] = lambda _connection: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    grace: timedelta = timedelta(seconds=30)
    reach: timedelta = timedelta(days=3)
    at_once: int = 50
    pause: float = 1.0
    again_after: timedelta = timedelta(minutes=10)
    most_often: int = 3

    async def step(self) -> Recovered:
        """Look at what GitHub tried to deliver, and ask again for what did not arrive.

        What GitHub does not answer is kept as the look's error; raises what the database raises,
        and what ``guard`` does.
        """
        began = self.clock()
        known = await self.store.read(state.completeness)
        since = _since(known, began - self.reach, began)
        attempts: list[HookDelivery] = []
        try:
            reaches_back = await self._list(since, attempts)
        except NotFound as absent:
            return await self._absent(known, began, absent)
        except GitHubFailure as failure:
            return await self._failed(known, began, failure)
        reached = since if reaches_back or not attempts else attempts[-1].delivered_at
        missing = await self._note(known, began, reached, attempts)
        return await self._ask(missing)

    async def _list(self, since: datetime, attempts: list[HookDelivery]) -> bool:
        """Collect attempts, newest first; say whether the list went back as far as it should."""
        try:
            async for attempt in self.github.deliveries(since):
                attempts.append(attempt)  # noqa: PERF401 (what came before a refusal counts)
        except Refused as refused:
            if not attempts:
                raise
            _log.warning("GitHub's list of deliveries is too long", error=str(refused)[:300])
            return False
        return True

    async def _absent(self, known: Completeness, began: datetime, absent: NotFound) -> Recovered:
        """Wait for nothing where there is no list: what was missed will not come."""
        if known.error != str(absent):
            _log.warning("missed deliveries cannot be recovered", error=str(absent)[:300])
        kept = known.model_copy(
            update={"looked_at": began, "settled_at": began, "error": str(absent)}
        )
        await self._write(lambda c: state.keep_completeness(c, kept))
        return Recovered(settled=True)

    async def _failed(
        self, known: Completeness, began: datetime, failure: GitHubFailure
    ) -> Recovered:
        _log.warning("deliveries cannot be looked at", error=str(failure)[:300])
        kept = known.model_copy(update={"looked_at": began, "error": str(failure)})
        await self._write(lambda c: state.keep_completeness(c, kept))
        awaited = await self.store.read(state.count_missing)
        until = failure.until if isinstance(failure, RateLimited) else None
        return Recovered(settled=False, awaited=awaited, until=until)

    async def _note(
        self, known: Completeness, began: datetime, reached: datetime, attempts: list[HookDelivery]
    ) -> list[MissingDelivery]:
        """Store what is missing and how far the log is complete; return what is missing."""
        listed = grouped(attempts)
        before = await self.store.read(state.missing)
        guids = [*listed, *(each.guid for each in before if each.guid not in listed)]
        arrived = await self.store.read(lambda c: state.in_the_log(c, guids))
        found = missing_now(listed, before, arrived, began - self.grace)
        missing = self._patience().judged(found, began)
        awaited = [each for each in missing if each.given_up is None]
        complete = Completeness(
            complete_from=_complete_from(known, reached),
            complete_up_to=min([began - self.grace, *(each.delivered_at for each in awaited)]),
            looked_at=began,
            settled_at=known.settled_at if awaited else began,
        )

        def work(connection: Connection) -> None:
            self.guard(connection)
            state.replace_missing(connection, missing)
            state.keep_completeness(connection, complete)

        await self.store.write(work)
        return awaited

    async def _ask(self, awaited: list[MissingDelivery]) -> Recovered:
        patience, now = self._patience(), self.clock()
        due = [each for each in awaited if patience.is_over(each, now)]
        done = await self._ask_for(due[: self.at_once])
        if done.asked or done.given_up:
            _log.info("missing deliveries", asked=done.asked, given_up=done.given_up)
        left = len(awaited) - done.given_up
        return Recovered(settled=not left, awaited=left, asked=done.asked, until=done.until)

    async def _ask_for(self, missing: Sequence[MissingDelivery]) -> _Asked:
        """Ask for each, with a pause in between, until GitHub takes no more or does not answer.

        What it refuses is given up.
        """
        done = _Asked()
        for number, each in enumerate(missing):
            if number:
                await self.sleep(self.pause)
            try:
                await self.github.redeliver(each.delivery_id)
            except RateLimited as limited:
                done.until = limited.until
                return done
            except (Unavailable, Unauthorised):
                return done
            except GitHubFailure as failure:
                why = f"GitHub does not deliver it again: {failure}"
                await self._write(partial(state.note_given_up, guid=each.guid, why=why))
                done.given_up += 1
            else:
                await self._write(partial(state.note_asked, guid=each.guid, now=self.clock()))
                done.asked += 1
        return done

    def _patience(self) -> Patience:
        return Patience(self.reach, self.again_after, self.most_often)

    async def _write(self, change: Callable[[Connection], None]) -> None:
        def work(connection: Connection) -> None:
            self.guard(connection)
            change(connection)

        await self.store.write(work)


class Gate:
    """Keeps deciding and acting back: closed until it is opened, and open from then on."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether nobody is held back any more."""
        return self._opened.is_set()

    def open(self) -> None:
        """Let everybody through; again is no harm."""
        self._opened.set()

    async def wait(self, seconds: float | None = None) -> bool:
        """Return once it is open, or after a time whether it is or not; say which."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._opened.wait()
        return self.is_open


def _since(known: Completeness, earliest: datetime, now: datetime) -> datetime:
    """Return from when on deliveries are listed; what is complete is not listed again.

    Nothing is complete up to what is yet to come: whoever noted that had a clock that was ahead.
    """
    if known.complete_up_to is None or known.complete_up_to > now:
        return earliest
    return max(earliest, known.complete_up_to - _OVERLAP)


def _complete_from(known: Completeness, reached: datetime) -> datetime:
    """Return since when the log is complete: anew where a list did not reach back to the last."""
    if known.complete_from is None or known.complete_up_to is None:
        return reached
    return known.complete_from if reached <= known.complete_up_to else reached
