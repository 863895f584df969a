"""Asking GitHub to deliver again, one delivery after the other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from reactions.ports.failures import GitHubFailure, RateLimited, Unauthorised, Unavailable
from reactions.ports.github import Recovering
from reactions.recovery import state
from reactions.recovery.state import MissingDelivery

Write = Callable[[Callable[[Connection], None]], Awaitable[None]]


@dataclass(slots=True)
class Asked:
    """How many deliveries were asked for, and how many GitHub will not deliver any more."""

    asked: int = 0
    given_up: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks with a pause in between; what GitHub refuses is given up, which ``write`` notes."""

    github: Recovering
    write: Write
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    pause: float = 1.0

    async def ask(self, missing: Sequence[MissingDelivery]) -> Asked:
        """Ask for each, until GitHub takes no more or does not answer."""
        done = Asked()
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
                await self.write(partial(state.note_given_up, guid=each.guid, why=why))
                done.given_up += 1
            else:
                await self.write(partial(state.note_asked, guid=each.guid, now=self.clock()))
                done.asked += 1
        return done
