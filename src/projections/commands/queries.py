"""Queries over commands."""

from typing import Any

from pydantic import Field
from sqlalchemy import Connection, Integer, Select, bindparam, func, or_, select

from events.table import events
from projections.access import Access, built_once
from projections.commands.fold import COMMANDS
from projections.commands.item import CommandItem, item_of
from projections.commands.model import applied_commands
from projections.counting import counted
from projections.engine import checkpoints
from projections.filters import (
    Conditions,
    Filter,
    Name,
    Number,
    Time,
    Whose,
    condition_names,
    equal,
    sought,
)
from projections.lanes.fold import LANES
from projections.references import GITHUB_COM, Links
from projections.search import SearchText, containing
from projections.workflows.titles import NAMES, with_names

_commands = COMMANDS.table
_BY = func.lower(_commands.c.by)
_APPLIED = applied_commands.c.position.is_not(None)


class CommandFilter(Filter):
    """Which commands to list; None: any."""

    repository: Whose | None = Field(
        None, description="GitHub's numeric id, or owner/name, former names included"
    )
    issue: Number | None = Field(None, description="an issue's number")
    actor: Name | None = Field(None, description="a login in any case, or a numeric user id")
    command: Name | None = Field(None, description="such as `lane.paused`")
    applied: bool | None = Field(None, description="`false`: what changed nothing")
    since: Time | None = Field(None, description="recorded at this time or later")
    until: Time | None = Field(None, description="recorded before this time")
    q: SearchText | None = Field(
        None, description="in the command, the reason or who gave it; ASCII letters in any case"
    )
    before: Number | None = Field(None, description="only positions before this one")


def list_commands(
    connection: Connection,
    access: Access,
    wanted: CommandFilter,
    limit: int,
    links: Links = GITHUB_COM,
) -> list[CommandItem]:
    """Return the commands that match, newest first, as far as the lanes have folded them.

    Of a command further on nobody can say yet whether it applied.
    """
    values = sought(connection, access, CommandFilter, wanted)
    applied = values.pop("applied", None)
    query = _listed(access, condition_names(values), applied)
    folded = checkpoints.position(connection, LANES.name)
    values |= {"folded": folded, "limit": limit} | access.values
    rows = connection.execute(query, values).mappings()
    return [item_of(row, links) for row in rows]


def count_commands(connection: Connection, access: Access, wanted: CommandFilter) -> int | None:
    """Return how many commands match; None: more than are counted for a page."""
    values = sought(connection, access, CommandFilter, wanted)
    applied = values.pop("applied", None)
    query = _listed(access, condition_names(values), applied)
    folded = checkpoints.position(connection, LANES.name)
    return counted(connection, query, values | {"folded": folded} | access.values)


_CONDITIONS: Conditions = {
    **equal(
        repository=_commands.c.repository_id,
        issue=_commands.c.issue_number,
        command=_commands.c.command,
    ),
    "actor": bindparam("actor") == _BY,
    "user": or_(events.c.actor_id == bindparam("user"), bindparam("digits") == _BY),
    "before": _commands.c.position < bindparam("before"),
    "since": _commands.c.position > bindparam("since"),
    "until": _commands.c.position <= bindparam("until"),
    "q": containing(_commands.c.command, _commands.c.reason, _commands.c.by),
}


@built_once
def _listed(access: Access, names: frozenset[str], applied: bool | None) -> Select[Any]:  # noqa: FBT001 (as it was asked)
    applied_too = applied_commands.c.position == _commands.c.position
    joined = _commands.join(events, events.c.position == _commands.c.position)
    joined = joined.outerjoin(applied_commands, applied_too)
    columns = (*_commands.columns, _APPLIED.label("applied"), events.c.actor_id, *NAMES)
    query = (
        select(*columns)
        .select_from(with_names(joined, _commands.c.repository_id, _commands.c.issue_number))
        .where(
            access.told(
                _commands.c.repository_id, _commands.c.installation_id, _commands.c.position
            ),
            _commands.c.position <= bindparam("folded"),
            *(_CONDITIONS[name] for name in sorted(names)),
        )
    )
    if applied is not None:
        query = query.where(_APPLIED if applied else ~_APPLIED)
    return query.order_by(_commands.c.position.desc()).limit(bindparam("limit", type_=Integer))
