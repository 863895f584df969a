"""When to try again: later each time, at random, and never before GitHub wants it."""

from datetime import datetime, timedelta

from reactions.ports.failures import RateLimited, Unavailable

_LONGEST_BACKOFF = 300.0  # seconds
_BRIEFLY, _LONGEST_REST = timedelta(seconds=1), timedelta(hours=2)


def delay(error: Exception, tried: int, now: datetime, random: float) -> float:
    """Return the seconds until the next attempt after so many; ``random`` is from 0 to 1.

    They double with each, and half of them is drawn, so that not all come back at once.
    """
    backoff = min(_LONGEST_BACKOFF, float(2**tried)) * (0.5 + random / 2)
    if not isinstance(error, Unavailable) or error.until is None:
        return backoff
    return max(backoff, (_bounded(error.until, now) - now).total_seconds())


def end_of(limited: RateLimited, now: datetime) -> datetime:
    """Return when a limit is over, within bounds: not at once, and not for ever."""
    return _bounded(limited.until, now)


def _bounded(until: datetime, now: datetime) -> datetime:
    return min(max(until, now + _BRIEFLY), now + _LONGEST_REST)
