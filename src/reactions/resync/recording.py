"""Recording what a look at a repository saw, where it is news."""

import asyncio
from datetime import datetime

import structlog

from events.log import EventLog
from reactions.resync.comparing import news
from reactions.resync.looking import Looking

_APPENDED_AT_ONCE = 100

_log = structlog.get_logger("resync")


async def record(log: EventLog, looking: Looking, began: datetime) -> int:
    """Append what tells the lane something new; returns how much, raises what the log does."""
    # Folding thousands of objects takes a while, during which others want the event loop.
    found = await asyncio.to_thread(news, looking.place, looking.seen, began)
    for start in range(0, len(found), _APPENDED_AT_ONCE):
        await log.append(*found[start : start + _APPENDED_AT_ONCE])
    if found:
        repository = looking.place.lane.repository_id
        _log.info("a resync saw what no delivery told", events=len(found), repository=repository)
    return len(found)
