"""What a command meets, read in one snapshot, and why it is not taken: it would change nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from aggregates.lane import Lane, initial_state
from aggregates.lane.commands import refusal
from aggregates.surroundings import Surroundings as AroundLanes
from aggregates.surroundings import surroundings_refusal
from aggregates.tenancy import acceptance_refusal
from api.problems import ApiError
from events import read
from events.catalogue import (
    About,
    InstallationAccepted,
    OperatorCommand,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowSkipped,
)
from events.envelope import Event
from projections.access import Access
from projections.engine import checkpoints
from projections.installations import INSTALLATIONS, knows_installation
from projections.lanes.fold import LANES
from projections.lanes.queries import around_lanes, find_lane
from projections.repositories.fold import REPOSITORIES
from projections.repositories.queries import find_repository

_READ = (LANES.name, REPOSITORIES.name, INSTALLATIONS.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTarget:
    """What is known where a command arrives; ``recorded`` is the command itself, of an earlier try.

    ``known``: the access reaches such a repository or installation. ``installation_id`` is the
    repository's.
    ``position`` is how far this is folded, ``current``: up to where the log was.
    """

    recorded: Event | None
    known: bool
    installation_id: int | None
    lane: Lane | None
    around: AroundLanes
    position: int
    head: int
    current: bool = False


def met_by(event_id: UUID, about: About, access: Access) -> Callable[[Connection], CommandTarget]:
    """Return the query for what a command with this id meets within an access."""

    def look(connection: Connection) -> CommandTarget:
        reached = checkpoints.positions(connection)
        lane, installation_id, known = _target(connection, about, access)
        return CommandTarget(
            recorded=read.of_id(connection, event_id),
            known=known,
            installation_id=installation_id,
            lane=lane,
            around=around_lanes(connection),
            position=min(reached.get(name, 0) for name in _READ),
            head=read.head(connection).position,
        )

    return look


def refuse(target: CommandTarget, content: OperatorCommand, about: About) -> None:
    """Raise ApiError when a command is out of reach or would change nothing.

    What is not folded far enough to tell, the command included, is left to the fold.
    """
    if not target.known:
        raise _out_of_reach(about)
    if about.repository_id is None:
        why = surroundings_refusal(target.around, about.installation_id, content)
    else:
        lane = target.lane or initial_state(about.repository_id)
        if target.current:
            _require_workflow(lane, content)
        why = refusal(lane.ours, content)
        if isinstance(content, InstallationAccepted):
            why = acceptance_refusal(lane.tenancy, content)
    if why is not None and target.current:
        raise ApiError(409, "command_refused", why)


def _target(
    connection: Connection, about: About, access: Access
) -> tuple[Lane | None, int | None, bool]:
    """Return lane and installation of a repository, and whether what is addressed is known."""
    if about.repository_id is None:
        whose = about.installation_id
        everything = whose is None and access.allows(None)
        known = whose is not None and knows_installation(connection, access, whose)
        return None, None, everything or known
    lane = find_lane(connection, access, about.repository_id)
    item = find_repository(connection, access, about.repository_id)
    of_item = item.installation_id if item else None
    of_lane = lane.installation_id if lane else None
    return lane, of_lane or of_item, lane is not None or item is not None


def _out_of_reach(about: About) -> ApiError:
    if about.repository_id is not None:
        detail = f"no repository has the id {about.repository_id}"
        return ApiError(404, "repository_not_found", detail)
    if about.installation_id is not None:
        detail = f"no installation has the id {about.installation_id}"
        return ApiError(404, "installation_not_found", detail)
    return ApiError(404, "installation_not_found", "your access does not reach every installation")


def _require_workflow(lane: Lane, content: OperatorCommand) -> None:
    """Refuse what needs an issue that was seen, or named by a command before."""
    if isinstance(content, WorkflowEnqueued | WorkflowSkipped):
        return
    if isinstance(content, WorkflowCommand):
        number = content.issue_number
        if lane.issue(number).seen is None and number not in lane.ours.handlings:
            raise ApiError(404, "workflow_not_found", f"issue {number} is not known here")
