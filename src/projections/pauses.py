"""All pauses that hold: of everything, of installations, of single lanes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Select, select

from aggregates.lane.ours import Pause
from aggregates.surroundings import EVERYWHERE, Where
from events.table import events, table_of
from projections.access import Access, built_once, hidden_before
from projections.installations import InstallationRow, reaches
from projections.lanes.model import lanes
from projections.lanes.packing import unpacked_head
from projections.lanes.queries import around_lanes
from projections.references import GITHUB_COM, Links, Person, RepositoryRef
from projections.repositories.item import InstallationLink
from projections.repositories.model import RepositoryRow

_repositories = table_of(RepositoryRow)
_installations = table_of(InstallationRow)
# Where a lane's own pause stands in its row; what is not set is left out there.
_PAUSED = lanes.c.state.contains('"paused":{')


class StandingPause(BaseModel):
    """A pause that holds: nothing is decided where it is until it is lifted."""

    where: Where
    installation: InstallationLink | None = Field(description="of `installation` alone")
    repository: RepositoryRef | None = Field(description="of `lane` alone")
    reason: str
    actor: Person | None = Field(description="null where that is not for whoever asks")
    since: datetime
    position: int = Field(description="of the command in the log")


def list_pauses(
    connection: Connection, access: Access, links: Links = GITHUB_COM
) -> list[StandingPause]:
    """Return the pauses that concern whoever asks, the widest first, then the oldest."""
    found = [*_around(connection, access), *_of_lanes(connection, access, links)]
    said = _said(connection, [pause.position for pause, _ in found])
    items = [_item(pause, where, said[pause.position]) for pause, where in found]
    return sorted(items, key=lambda item: (_WIDEST.index(item.where), item.position))


_WIDEST: tuple[Where, ...] = ("everything", "installation", "lane")


def _around(connection: Connection, access: Access) -> Iterator[tuple[Pause, dict[str, Any]]]:
    pauses = around_lanes(connection).pauses
    rows = connection.execute(_reached(access), access.values).mappings()
    accounts = {row["id"]: row["account_login"] for row in rows} if pauses else {}
    for number, pause in pauses.items():
        if number == EVERYWHERE:
            yield pause, {"where": "everything"}
        elif number in accounts or access.is_everything:
            link = InstallationLink(id=number, account=accounts.get(number))
            yield pause, {"where": "installation", "installation": link}


def _of_lanes(
    connection: Connection, access: Access, links: Links
) -> Iterator[tuple[Pause, dict[str, Any]]]:
    rows = connection.execute(_paused(access), access.values).mappings().all()
    hidden = (
        {}
        if access.is_everything
        else hidden_before(connection, [row["repository_id"] for row in rows])
    )
    for row in rows:
        number, pause = row["repository_id"], unpacked_head(dict(row)).ours.paused
        if pause is not None:
            repository = links.repository(number, row["full_name"])
            is_hidden = pause.position < hidden.get(number, 0)
            yield pause, {"where": "lane", "repository": repository, "hidden": is_hidden}


@built_once
def _reached(access: Access) -> Select[Any]:
    return select(_installations.c.id, _installations.c.account_login).where(reaches(access))


@built_once
def _paused(access: Access) -> Select[Any]:
    named = lanes.outerjoin(_repositories, _repositories.c.id == lanes.c.repository_id)
    query = select(*lanes.columns, _repositories.c.full_name).select_from(named)
    return query.where(access.holds(lanes.c.repository_id), _PAUSED)


def _said(connection: Connection, positions: list[int]) -> dict[int, Mapping[str, Any]]:
    """Return who gave the commands, and when."""
    columns = (events.c.position, events.c.recorded_at, events.c.actor_id, events.c.actor_login)
    query = select(*columns).where(events.c.position.in_(positions))
    return {row["position"]: dict(row) for row in connection.execute(query).mappings()}


def _item(pause: Pause, where: dict[str, Any], said: Mapping[str, Any]) -> StandingPause:
    actor = Person(id=said["actor_id"], login=said["actor_login"])
    return StandingPause(
        where=where["where"],
        installation=where.get("installation"),
        repository=where.get("repository"),
        reason=pause.reason,
        actor=None if where.get("hidden") else actor,
        since=said["recorded_at"],
        position=pause.position,
    )
