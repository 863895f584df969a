"""Whether GitHub's own deliveries show what we did."""

from collections.abc import Callable

from aggregates.lane.conduct import Asked
from aggregates.stages.labels import label_token
from aggregates.workflow import Workflow
from events.catalogue import ActionKind
from events.github.copilot import is_copilot_reviewer


def confirmed(workflow: Workflow) -> frozenset[Asked]:
    """Return the live actions whose effect was seen, whether or not we know that they succeeded."""
    return frozenset(asked for asked in workflow.handling.asked if _is_shown(workflow, asked))


def _is_shown(workflow: Workflow, asked: Asked) -> bool:
    if asked.mode != "live" or asked.outcome in ("failed", "cancelled"):
        return False
    shown = _SHOWN.get(asked.kind, _is_marked)
    return shown(workflow, asked)


def _is_assigned(workflow: Workflow, _asked: Asked) -> bool:
    return workflow.assigned or bool(workflow.open_candidates)


def _is_labelled(workflow: Workflow, asked: Asked) -> bool:
    return workflow.issue is not None and workflow.issue.carries(label_token(asked))


def _is_ready(workflow: Workflow, _asked: Asked) -> bool:
    return workflow.pull_request is not None and workflow.pull_request.draft is False


def _is_merged(workflow: Workflow, _asked: Asked) -> bool:
    return workflow.pull_request is not None and workflow.pull_request.merged


def _copilot_reviews(workflow: Workflow, _asked: Asked) -> bool:
    seen = workflow.lane.seen
    pull = workflow.pull_request.number if workflow.pull_request else 0
    asked = any(is_copilot_reviewer(r.reviewer_id) for r in seen.requests.get(pull, {}).values())
    given = any(is_copilot_reviewer(r.author_id) for r in seen.reviews.get(pull, {}).values())
    return asked or given


def _is_marked(workflow: Workflow, asked: Asked) -> bool:
    """Say whether a comment with the action's mark was seen, on the issue or a pull request."""
    lane = workflow.lane
    places = (workflow.number, *lane.links.get(workflow.number, ()))
    return any(str(asked.id) in lane.seen.marks.get(place, ()) for place in places)


_SHOWN: dict[ActionKind, Callable[[Workflow, Asked], bool]] = {
    "assign": _is_assigned,
    "set_label": _is_labelled,
    "mark_ready": _is_ready,
    "merge": _is_merged,
    "request_copilot_review": _copilot_reviews,
}
