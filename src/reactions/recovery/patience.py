"""For how long a missing delivery is waited for, and when it is given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reactions.recovery.state import MissingDelivery

_MOST_GIVEN_UP = 1000  # that are kept and shown


@dataclass(frozen=True, slots=True)
class Patience:
    """How far GitHub's memory reaches, how long one waits after asking, how often one asks."""

    reach: timedelta
    again_after: timedelta
    most_often: int

    def judged(self, missing: Iterable[MissingDelivery], now: datetime) -> list[MissingDelivery]:
        """Return what is missing, given up where it cannot come any more; of those the newest."""
        judged = [self._judged(each, now) for each in missing]
        awaited = [each for each in judged if each.given_up is None]
        given_up = [each for each in judged if each.given_up is not None]
        return [*given_up[-_MOST_GIVEN_UP:], *awaited]

    def is_over(self, missing: MissingDelivery, now: datetime) -> bool:
        """Say whether it may be asked for: it never was, or was waited for long enough."""
        return missing.asked_at is None or missing.asked_at <= now - self.again_after

    def _judged(self, missing: MissingDelivery, now: datetime) -> MissingDelivery:
        if missing.given_up is not None:
            return missing
        why = None
        if missing.delivered_at < now - self.reach:
            why = "GitHub keeps it no longer"
        elif missing.asked >= self.most_often and self.is_over(missing, now):
            why = f"it did not arrive although it was asked for {missing.asked} times"
        return missing.model_copy(update={"given_up": why}) if why else missing
