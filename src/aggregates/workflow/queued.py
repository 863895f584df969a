"""Whether an issue stands in the queue by itself, or an agent has it: by labels, or what was said.

As part of an epic it may be queued, too: see ``epics``.
"""

from functools import lru_cache

from aggregates.lane import KnownIssue
from aggregates.lane.ours import Handling
from aggregates.policy import Policy
from events.github import IssueSeen
from events.github.agents import has_agent
from events.github.names import label_key


def is_open(issue: IssueSeen | None) -> bool:
    """Say whether an issue is known, open, and still in this repository."""
    if issue is None or issue.deleted or issue.transferred:
        return False
    return issue.state == "open"


def is_assigned(known: KnownIssue) -> bool:
    """Say whether Copilot has the issue; what it was given before a reopening is over."""
    if known.seen is None or not has_agent(known.seen.assignee_ids):
        return False
    assignment = known.assignment
    if known.reopened_at is None or assignment is None:
        return True
    return assignment.at > known.reopened_at


def is_queued(issue: IssueSeen | None, handling: Handling, policy: Policy) -> bool:
    """Say whether an open issue is queued: what an operator said counts before the labels."""
    if issue is None or not is_open(issue):
        return False
    if handling.enqueued is not None:
        return handling.enqueued
    return is_labelled(issue, policy)


def is_labelled(issue: IssueSeen, policy: Policy) -> bool:
    """Say whether an issue has the queue's label, or one of ours for the stages of waiting.

    Ours count as the queue's, or syncing them would unqueue.
    """
    return not queue_labels(policy).isdisjoint(map(label_key, issue.labels))


def queue_labels(policy: Policy) -> frozenset[str]:
    """Return the keys of the labels that queue an issue."""
    return _queue_labels(policy.queue.label, policy.labels.prefix)


@lru_cache(maxsize=512)
def _queue_labels(label: str, prefix: str) -> frozenset[str]:
    return frozenset(map(label_key, (label, f"{prefix}queued", f"{prefix}blocked")))
