"""An audit line for what was refused at our doors, at a rate that no attacker can raise."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes

import structlog

from events.catalogue import DeliveriesRefused, own_event
from events.catalogue.people import SignInsRefused
from events.errors import LogError
from events.identity import timed_id
from events.log import EventLog

EVERY = timedelta(minutes=5)

_log = structlog.get_logger("receiver")


@dataclass(slots=True)
class _Tally:
    count: int
    first: datetime
    last: datetime
    reported: datetime | None = None


class RefusalAudit:
    """Records refusals by reason: the first at once, further ones counted, one event per EVERY."""

    def __init__(
        self,
        log: EventLog,
        clock: Callable[[], datetime],
        kind: type[DeliveriesRefused | SignInsRefused] = DeliveriesRefused,
    ) -> None:
        self._kind = kind
        self._event_log = log
        self._clock = clock
        self._tallies: dict[str, _Tally] = {}

    async def refused(self, code: str) -> None:
        """Count one refusal and record it if it is time to."""
        now = self._clock()
        tally = self._tallies.setdefault(code, _Tally(0, now, now))
        if not tally.count:
            tally.first = now
        tally.count, tally.last = tally.count + 1, now
        if tally.reported is None or now - tally.reported >= EVERY:
            await self._record(code, tally, now)

    async def flush(self) -> None:
        """Record what was counted and not yet recorded, as when the service stops."""
        for code, tally in list(self._tallies.items()):
            if tally.count:
                await self._record(code, tally, self._clock())

    async def _record(self, code: str, tally: _Tally, now: datetime) -> None:
        content = self._kind(code=code, count=tally.count, first=tally.first, last=tally.last)
        tally.count, tally.reported = 0, now
        try:
            await self._event_log.append(own_event(content, timed_id(now, token_bytes(10))))
        except LogError as error:
            tally.count, tally.first = tally.count + content.count, content.first
            _log.warning("a refusal could not be recorded", code=code, error=str(error))
