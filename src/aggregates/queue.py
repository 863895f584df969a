"""In which order the issues of a queue start."""

from datetime import UTC, datetime

from aggregates.workflow import Workflow

_LATEST = datetime.max.replace(tzinfo=UTC)
_LAST = 9999


def queue_key(workflow: Workflow) -> str:
    """Return a text by which the queue is sorted, the smallest first.

    What an operator put in order comes first, then the policy's criteria in their order, then the
    issue's number.
    """
    policy = workflow.circumstances.policy.queue
    criteria = {
        "priority": f"{_priority(workflow, policy.priority_labels):04}",
        "created": _created(workflow),
    }
    parts = [f"{_rank(workflow):04}", *(criteria[name] for name in policy.order)]
    return "/".join([*parts, f"{workflow.number:012}"])


def _rank(workflow: Workflow) -> int:
    order = workflow.lane.ours.order
    return order.index(workflow.number) if workflow.number in order else _LAST


def _priority(workflow: Workflow, labels: tuple[str, ...]) -> int:
    issue = workflow.issue
    carried = (place for place, label in enumerate(labels) if issue and issue.carries(label))
    return next(carried, _LAST)


def _created(workflow: Workflow) -> str:
    created_at = workflow.issue.created_at if workflow.issue else None
    return (created_at or _LATEST).isoformat()
