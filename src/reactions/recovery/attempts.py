"""Which deliveries are missing, of all attempts that GitHub lists; pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reactions.ports.answers import HookDelivery
from reactions.recovery.state import MissingDelivery


@dataclass(frozen=True, slots=True)
class Listed:
    """One delivery as GitHub lists it: its first attempt's time, and its newest attempt."""

    guid: UUID
    first_at: datetime
    newest: HookDelivery


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
