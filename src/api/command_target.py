"""What a command meets, read in one snapshot, and why it is not taken: it would change nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from aggregates.lane import Lane, initial_state
from aggregates.lane.commands import is_about_nothing, refusal
from aggregates.surroundings import Surroundings as AroundLanes
from aggregates.surroundings import surroundings_refusal
from aggregates.tenancy import acceptance_refusal
from api.problems import ApiError
from events import read
from events.catalogue import About, InstallationAccepted, OperatorCommand, WorkflowCommand
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

    ``known``: the access reaches such a repository or installation. ``installation_id`` and
    ``full_name`` are the repository's.
    ``position`` is how far this is folded, ``current``: up to where the log was.
    """

    recorded: Event | None
    known: bool
    installation_id: int | None
    full_name: str | None
    lane: Lane | None
    around: AroundLanes
    position: int
    head: int
    current: bool = False


def met_by(event_id: UUID, about: About, access: Access) -> Callable[[Connection], CommandTarget]:
    """Return the query for what a command with this id meets within an access."""

    def look(connection: Connection) -> CommandTarget:
        reached = checkpoints.positions(connection)
        whose = _repository(connection, about, access)
        return CommandTarget(
            recorded=read.of_id(connection, event_id),
            known=whose is not None or _reaches(connection, about, access),
            installation_id=whose.installation_id if whose else None,
            full_name=whose.full_name if whose else None,
            lane=whose.lane if whose else None,
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
        why = refusal(lane, content)
        if isinstance(content, InstallationAccepted):
            why = acceptance_refusal(lane.tenancy, content)
    if why is not None and target.current:
        raise ApiError(409, "command_refused", why)


@dataclass(frozen=True, slots=True)
class _Repository:
    lane: Lane | None
    installation_id: int | None
    full_name: str | None


def _repository(connection: Connection, about: About, access: Access) -> _Repository | None:
    """Return what is known of a repository; None: it is not within reach, or about none."""
    if about.repository_id is None:
        return None
    lane = find_lane(connection, access, about.repository_id)
    item = find_repository(connection, access, about.repository_id)
    if lane is None and item is None:
        return None
    of_item = item.installation_id if item else None
    of_lane = lane.installation_id if lane else None
    seen = lane.repository if lane else None
    full_name = seen.full_name if seen else (item.full_name if item else None)
    return _Repository(lane, of_lane or of_item, full_name)


def _reaches(connection: Connection, about: About, access: Access) -> bool:
    """Say whether an installation, or everything, is within reach."""
    if about.repository_id is not None:
        return False
    if about.installation_id is None:
        return access.is_everything
    return knows_installation(connection, access, about.installation_id)


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
    if isinstance(content, WorkflowCommand) and is_about_nothing(lane, content):
        detail = f"issue {content.issue_number} is not known here"
        raise ApiError(404, "workflow_not_found", detail)
