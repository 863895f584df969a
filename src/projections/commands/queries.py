"""Queries over commands."""

from collections.abc import Iterator

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, select

from projections.access import Access
from projections.commands.fold import COMMANDS
from projections.commands.model import CommandItem, applied_commands
from projections.engine import checkpoints
from projections.filters import Filter, Name, Number, equalities
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
    folded = checkpoints.position(connection, LANES.name)
    same = applied_commands.c.position == _commands.c.position
    query = (
        select(*_commands.columns, _APPLIED.label("applied"))
        .select_from(_commands.outerjoin(applied_commands, same))
        .where(
            access.condition(_commands.c.installation_id),
            _commands.c.position <= folded,
            *_conditions(wanted),
        )
    )
    query = query.order_by(_commands.c.position.desc()).limit(limit)
    return [CommandItem.model_validate(row) for row in connection.execute(query).mappings()]


def _conditions(wanted: CommandFilter) -> Iterator[ColumnElement[bool]]:
    yield from equalities(
        (_commands.c.repository_id, wanted.repository),
        (_commands.c.issue_number, wanted.issue),
        (_commands.c.command, wanted.command),
    )
    if wanted.applied is not None:
        yield _APPLIED if wanted.applied else ~_APPLIED
    if wanted.before is not None:
        yield _commands.c.position < wanted.before
