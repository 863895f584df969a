"""Which deliveries are missing, of all attempts that GitHub lists, and which are given up; pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reactions.ports.answers import HookDelivery
from reactions.recovery.state import MissingDelivery

_MOST_GIVEN_UP = 1000  # that are kept and shown


@dataclass(frozen=True, slots=True)
class Listed:
    """One delivery as GitHub lists it: its first attempt's time, and its newest attempt."""

    guid: UUID
    first_at: datetime
    newest: HookDelivery


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
        """Say whether it may be asked for: it never was, or was waited for long enough.

        What was asked for later than now was so while a clock was ahead: it is asked for again.
        """
        asked_at = missing.asked_at
        return asked_at is None or not now - self.again_after < asked_at <= now

    def _judged(self, missing: MissingDelivery, now: datetime) -> MissingDelivery:
        if missing.given_up is not None:
            return missing
        why = None
        if missing.delivered_at < now - self.reach:
            why = "GitHub keeps it no longer"
        elif missing.asked >= self.most_often and self.is_over(missing, now):
            why = f"it did not arrive although it was asked for {missing.asked} times"
        return missing.model_copy(update={"given_up": why}) if why else missing


def grouped(attempts: Iterable[HookDelivery]) -> dict[UUID, Listed]:
    """Group attempts by what they deliver; what has no UUID our receiver would not take."""
    found: dict[UUID, Listed] = {}
    for attempt in attempts:
        guid = _uuid(attempt.guid)
        if guid is None:
            continue
        known = found.get(guid)
        newer = known is None or attempt.delivered_at >= known.newest.delivered_at
        found[guid] = Listed(
            guid=guid,
            first_at=attempt.delivered_at
            if known is None
            else min(known.first_at, attempt.delivered_at),
            newest=attempt if known is None or newer else known.newest,
        )
    return found


def missing_now(
    listed: Mapping[UUID, Listed],
    known: Iterable[MissingDelivery],
    arrived: Collection[UUID],
    settled: datetime,
) -> list[MissingDelivery]:
    """Return what is not in the log, the oldest first, with what was done about it so far.

    What was last tried after ``settled`` may be on its way, unless GitHub itself says that it
    failed. What was missing and is listed no more stays missing until it arrives.
    """
    before = {each.guid: each for each in known if each.guid not in arrived}
    for guid, delivery in listed.items():
        on_its_way = delivery.newest.status == "OK" and delivery.newest.delivered_at > settled
        if guid not in arrived and (guid in before or not on_its_way):
            before[guid] = _missing(delivery, before.get(guid))
    return sorted(before.values(), key=lambda each: (each.delivered_at, each.guid))


def _missing(delivery: Listed, known: MissingDelivery | None) -> MissingDelivery:
    newest = delivery.newest
    first_at = delivery.first_at if known is None else min(known.delivered_at, delivery.first_at)
    return MissingDelivery(
        guid=delivery.guid,
        delivery_id=newest.id,
        delivered_at=first_at,
        event=newest.event,
        action=newest.action,
        installation_id=newest.installation_id,
        repository_id=newest.repository_id,
        asked=known.asked if known else 0,
        asked_at=known.asked_at if known else None,
        given_up=known.given_up if known else None,
    )


def _uuid(guid: str) -> UUID | None:
    try:
        return UUID(guid)
    except ValueError:
        return None
