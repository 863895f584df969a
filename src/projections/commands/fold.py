"""How commands follow from the log; which of them applied, the lanes tell."""

from events.catalogue import OperatorCommand, OwnEvent, WorkflowCommand, content_of
from events.envelope import OPERATOR
from events.scalars import storable
from events.table import table_of
from projections.commands.model import Command, CommandRow
from projections.engine.projection import Key, Projection, ReadEvent
from projections.events.index import issue_number

# Columns of their own, and a policy file's text, which the event itself still has.
_NOT_DETAILS = {"reason", "issue_number", "content"}


def _touches(read: ReadEvent) -> tuple[Key, ...]:
    return ((read.event.position,),) if read.event.source == OPERATOR else ()


def _evolve(_row: Command | None, _key: Key, read: ReadEvent) -> Command:
    event, content = read.event, content_of(read.event)
    return Command.model_construct(
        position=event.position,
        id=event.id,
        installation_id=event.installation_id,
        repository_id=event.repository_id,
        issue_number=_issue_number(read, content),
        command=f"{content.type}.{content.action}",
        by=event.actor_login,
        reason=storable(content.reason) if isinstance(content, OperatorCommand) else "",
        details=content.model_dump(mode="json", exclude=_NOT_DETAILS),
        at=event.recorded_at,
    )


def _issue_number(read: ReadEvent, content: OwnEvent) -> int | None:
    """Return the issue that the command itself names, as the lane reads it."""
    return content.issue_number if isinstance(content, WorkflowCommand) else issue_number(read)


COMMANDS: Projection[Command] = Projection(
    name="commands",
    version=1,
    table=table_of(CommandRow),
    model=Command,
    touches=_touches,
    evolve=_evolve,
    append_only=True,
)
