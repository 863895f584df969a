"""Queries over commands."""

from typing import Any

from pydantic import Field
from sqlalchemy import Connection, Integer, Select, bindparam, select

from projections.access import Access, built_once
from projections.commands.fold import COMMANDS
from projections.commands.model import CommandItem, applied_commands
from projections.engine import checkpoints
from projections.filters import Conditions, Filter, Name, Number, equal, given
from projections.lanes.fold import LANES

_commands = COMMANDS.table
_APPLIED = applied_commands.c.position.is_not(None)


class CommandFilter(Filter):
    """Which commands to list; None: any."""

    repository: Number | None = Field(None, description="GitHub's numeric id")
    issue: Number | None = Field(None, description="an issue's number")
    command: Name | None = Field(None, description="such as `lane.paused`")
    applied: bool | None = Field(None, description="`false`: what changed nothing")
    before: Number | None = Field(None, description="only positions before this one")


def list_commands(
    connection: Connection, access: Access, wanted: CommandFilter, limit: int
) -> list[CommandItem]:
    """Return the commands that match, newest first, as far as the lanes have folded them.

    Of a command further on nobody can say yet whether it applied.
    """
    values = given(CommandFilter, wanted)
    query = _listed(access, frozenset(values) - {"applied"}, values.pop("applied", None))
    folded = checkpoints.position(connection, LANES.name)
    values |= {"folded": folded, "limit": limit} | access.values
    rows = connection.execute(query, values).mappings()
    return [CommandItem.model_validate(row) for row in rows]


_CONDITIONS: Conditions = {
    **equal(
        repository=_commands.c.repository_id,
        issue=_commands.c.issue_number,
        command=_commands.c.command,
    ),
    "before": _commands.c.position < bindparam("before"),
}


@built_once
def _listed(access: Access, names: frozenset[str], applied: bool | None) -> Select[Any]:  # noqa: FBT001 (as it was asked)
    same = applied_commands.c.position == _commands.c.position
    query = (
        select(*_commands.columns, _APPLIED.label("applied"))
        .select_from(_commands.outerjoin(applied_commands, same))
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
