"""In which order the issues of a queue start."""

from datetime import UTC, datetime

from aggregates.lane import Lane
from aggregates.policy import Policy
from aggregates.workflow import Workflow
from aggregates.workflow.epics import epics_above, place_in
from events.github import IssueSeen

_LATEST = datetime.max.replace(tzinfo=UTC)
_LAST = 9999


def queue_key(workflow: Workflow) -> str:
    """Return a text by which the queue is sorted, the smallest first.

    What an operator put in order comes first, then the policy's criteria in their order, then the
    issue's number. The parts of an epic stand where it would, in its order, but for those that an
    operator put somewhere.
    """
    lane, policy = workflow.lane, workflow.circumstances.policy
    number, places = workflow.number, []
    for epic in epics_above(lane, policy, number):
        if number in lane.ours.order:
            break
        places.append(f"{place_in(lane, epic, number):04}")
        number = epic
    return "/".join([_own_key(lane, policy, number), *reversed(places)])


def _own_key(lane: Lane, policy: Policy, number: int) -> str:
    issue = lane.issue(number).seen
    criteria = {
        "priority": f"{_priority(issue, policy.queue.priority_labels):04}",
        "created": _created(issue),
    }
    parts = [f"{_rank(lane, number):04}", *(criteria[name] for name in policy.queue.order)]
    return "/".join([*parts, f"{number:012}"])


def _rank(lane: Lane, number: int) -> int:
    order = lane.ours.order
    return order.index(number) if number in order else _LAST


def _priority(issue: IssueSeen | None, labels: tuple[str, ...]) -> int:
    carried = (place for place, label in enumerate(labels) if issue and issue.carries(label))
    return next(carried, _LAST)


def _created(issue: IssueSeen | None) -> str:
    created_at = issue.created_at if issue else None
    return (created_at or _LATEST).isoformat()
