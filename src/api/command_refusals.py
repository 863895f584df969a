"""Why a command is not taken: it is out of reach, or would change nothing."""

from aggregates.lane import Lane, initial_state
from aggregates.lane.commands import refusal
from aggregates.surroundings import surroundings_refusal
from api.command_standing import CommandTarget
from api.problems import ApiError
from events.catalogue import (
    About,
    OperatorCommand,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowSkipped,
)


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
    if why is not None and target.current:
        raise ApiError(409, "command_refused", why)


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
