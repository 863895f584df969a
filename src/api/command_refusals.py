"""Why a command is not taken: it is out of reach, or would change nothing."""

from aggregates.lane import Lane, initial_state
from aggregates.lane.obey import refusal
from aggregates.scope import scope_refusal
from api.command_standing import Standing
from api.problems import ApiError
from events.catalogue import (
    About,
    OperatorCommand,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowSkipped,
)
from projections.scope import Scope


def refuse(standing: Standing, scope: Scope, content: OperatorCommand, about: About) -> None:
    """Raise ApiError when a command is beyond the scope or would change nothing.

    What is not folded far enough to tell, the command included, is left to the fold.
    """
    if about.repository_id is None:
        _require_reach(standing, scope, about.installation_id)
        why = scope_refusal(standing.around, about.installation_id, content)
    else:
        _require_repository(standing, scope, about.repository_id)
        lane = standing.lane or initial_state(about.repository_id)
        if standing.current:
            _require_workflow(lane, content)
        why = refusal(lane.conduct, content)
    if why is not None and standing.current:
        raise ApiError(409, "command_refused", why)


def _require_reach(standing: Standing, scope: Scope, installation_id: int | None) -> None:
    if not scope.allows(installation_id):
        whose = "everything" if installation_id is None else f"installation {installation_id}"
        raise ApiError(404, "installation_not_found", f"your access does not reach {whose}")
    if not standing.known:
        raise ApiError(
            404, "installation_not_found", f"no installation has the id {installation_id}"
        )


def _require_repository(standing: Standing, scope: Scope, repository_id: int) -> None:
    if not standing.known or not scope.allows(standing.installation_id):
        raise ApiError(404, "repository_not_found", f"no repository has the id {repository_id}")


def _require_workflow(lane: Lane, content: OperatorCommand) -> None:
    """Refuse what needs an issue that was seen, or named by a command before."""
    if isinstance(content, WorkflowEnqueued | WorkflowSkipped):
        return
    if isinstance(content, WorkflowCommand):
        number = content.issue_number
        if number not in lane.seen.issues and number not in lane.conduct.handlings:
            raise ApiError(404, "workflow_not_found", f"issue {number} is not known here")
