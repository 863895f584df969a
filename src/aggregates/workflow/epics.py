"""Issues whose open sub-issues are queued in their place, where the policy says so.

An epic stands in the queue like any issue, or as a part of another epic, and is no work itself.
Whatever answers list, in a circle or below each other without end, every way upwards has an end.
"""

from datetime import UTC, datetime

from aggregates.actions import label_token
from aggregates.lane import KnownIssue, Lane
from aggregates.lane.ours import Handling
from aggregates.lane.ties import parts_of
from aggregates.policy import Policy
from aggregates.workflow.queued import is_assigned, is_open, is_queued, queue_labels

_MOST_LEVELS = 8  # as many as GitHub lets there be
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


def is_epic(lane: Lane, policy: Policy, number: int) -> bool:
    """Say whether an issue is a queue of its sub-issues: one that Copilot was given is work."""
    return policy.queue.epics and _is_epic(lane, policy, number, frozenset())


def epic_of(lane: Lane, policy: Policy, number: int) -> int | None:
    """Return the epic by which an open issue is queued; None: by none."""
    return _epic_of(lane, policy, number, frozenset()) if policy.queue.epics else None


def epics_above(lane: Lane, policy: Policy, number: int) -> tuple[int, ...]:
    """Return the epics that an issue is queued by, one by the other, the nearest first."""
    found: list[int] = []
    epic = epic_of(lane, policy, number)
    while epic is not None and epic not in (number, *found) and len(found) < _MOST_LEVELS:
        found.append(epic)
        epic = epic_of(lane, policy, epic)
    return tuple(found)


def place_in(lane: Lane, epic: int, number: int) -> int:
    """Return the place of an issue among the sub-issues of another."""
    return parts_of(lane.issue(epic), lane.repository_id).index(number)


def is_part_of_ours(lane: Lane, policy: Policy, number: int) -> bool:
    """Say whether an issue is below one that is, or was, queued or handled, open or not."""
    if not policy.queue.epics:
        return False
    above, found = {*lane.ties.parents.get(number, ())}, {number}
    while above := above - found:
        if any(_was_queued(lane, policy, each) for each in above):
            return True
        found |= above
        above = {parent for each in above for parent in lane.ties.parents.get(each, ())}
    return False


def is_outdated(known: KnownIssue) -> bool:
    """Say whether nothing was answered of an issue's sub-issues since they are known to change."""
    answer, heard = known.sub_issues, known.heard_sub_issues
    return answer is None or (heard is not None and heard.is_news_to(answer))


def has_parts(known: KnownIssue) -> bool:
    """Say whether an issue has sub-issues, or may, as far as GitHub told."""
    counted = known.seen.sub_issues_total if known.seen is not None else None
    listed = known.sub_issues.parts if known.sub_issues is not None else ()
    return bool(counted or listed) or (known.heard_sub_issues is not None and is_outdated(known))


def _is_epic(lane: Lane, policy: Policy, number: int, below: frozenset[int]) -> bool:
    """Say whether it is one, seen from those below it, which it is not queued by."""
    known, handling = lane.issue(number), lane.handling(number)
    if number in below or len(below) > _MOST_LEVELS or not is_open(known.seen):
        return False
    if not has_parts(known) or _is_work(known, handling):
        return False
    if handling.skipped or handling.taken_over:
        return False
    if is_queued(known.seen, handling, policy) or _was_handed_over(known, handling, policy):
        return True
    return _epic_of(lane, policy, number, below) is not None


def _epic_of(lane: Lane, policy: Policy, number: int, below: frozenset[int]) -> int | None:
    parents = lane.ties.parents.get(number, ())
    if not parents or not is_open(lane.issue(number).seen):
        return None
    parent = max(parents, key=lambda each: (_answered_at(lane, each), -each))
    return parent if _is_epic(lane, policy, parent, below | {number}) else None


def _answered_at(lane: Lane, number: int) -> datetime:
    """Return when GitHub told of its parts: a part that moved is where it was listed last."""
    answer = lane.issue(number).sub_issues
    return answer.at if answer is not None else _BEFORE_ALL


def _is_work(known: KnownIssue, handling: Handling) -> bool:
    """Say whether Copilot has the issue itself, or was asked to start it."""
    return is_assigned(known) or any(
        each.kind == "assign"
        and each.mode == "live"
        and each.outcome not in ("failed", "cancelled")
        for each in handling.asked
    )


def _was_handed_over(known: KnownIssue, handling: Handling, policy: Policy) -> bool:
    """Say whether our label that a person is needed took the place of the queue's."""
    label = f"{policy.labels.prefix}needs_human"
    ours = any(a.kind == "set_label" and label_token(a) == label for a in handling.asked)
    return ours and known.seen is not None and known.seen.carries(label)


def _was_queued(lane: Lane, policy: Policy, number: int) -> bool:
    """Say whether an issue stands in the queue or did, or was handled."""
    known, handling = lane.issue(number), lane.handling(number)
    stood = any(label in known.labels for label in queue_labels(policy))
    return stood or number in lane.ours.handlings or is_queued(known.seen, handling, policy)
