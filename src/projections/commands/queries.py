"""Queries over commands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, select

from projections.access import Access
from projections.commands.fold import COMMANDS
from projections.commands.model import Command, applied_commands
from projections.engine import checkpoints
from projections.lanes.fold import LANES

_commands = COMMANDS.table
_APPLIED = applied_commands.c.position.is_not(None)


@dataclass(frozen=True, slots=True)
class CommandPage:
    """A command, and whether it changed anything when it was folded."""

    command: Command
    applied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFilter:
    """What to list; None: anything. ``command`` is a type and an action: ``lane.paused``."""

    repository: int | None = None
    issue: int | None = None
    command: str | None = None
    applied: bool | None = None
    before: int | None = None


def list_commands(
    connection: Connection, access: Access, wanted: CommandFilter, limit: int
) -> list[CommandPage]:
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
    return [_page(row) for row in connection.execute(query).mappings()]


def _conditions(wanted: CommandFilter) -> Iterator[ColumnElement[bool]]:
    columns: tuple[tuple[Column[Any], object], ...] = (
        (_commands.c.repository_id, wanted.repository),
        (_commands.c.issue_number, wanted.issue),
        (_commands.c.command, wanted.command),
    )
    yield from (column == value for column, value in columns if value is not None)
    if wanted.applied is not None:
        yield _APPLIED if wanted.applied else ~_APPLIED
    if wanted.before is not None:
        yield _commands.c.position < wanted.before


def _page(row: RowMapping) -> CommandPage:
    values = dict(row)
    applied = bool(values.pop("applied"))
    return CommandPage(Command.model_construct(**values), applied)
