"""Folding one event into a lane."""

from collections.abc import Iterator
from dataclasses import replace

from aggregates.lane.bounds import bounded
from aggregates.lane.lane import Heard, Lane
from aggregates.lane.learn import learn
from aggregates.lane.linking import links
from aggregates.lane.obey import obey
from aggregates.lane.seen import Seen
from events.catalogue import content_of
from events.envelope import Event
from events.github import (
    ActionsRunSeen,
    AssignmentChanged,
    CheckRunSeen,
    CheckSuiteSeen,
    CommitStatusSeen,
    DependencyChanged,
    Fact,
    IssueCommentSeen,
    IssueSeen,
    PullRequestSeen,
    ReviewCommentSeen,
    ReviewRequested,
    ReviewSeen,
)
from events.reading import tells_facts


def evolve(lane: Lane, event: Event, facts: tuple[Fact, ...] = ()) -> Lane:
    """Return the lane after an event of its repository; the same object when it tells nothing new.

    ``facts`` are those that the event tells; what we and operators did is read here. Raises
    UnknownEventType for an event of ours that this release does not know.
    """
    if event.repository_id != lane.repository_id:
        return lane
    return _told(lane, event, facts) if tells_facts(event) else _said(lane, event)


def _said(lane: Lane, event: Event) -> Lane:
    conduct = obey(lane.conduct, event, content_of(event))
    if conduct is lane.conduct:
        return lane
    installation_id = lane.installation_id or event.installation_id  # until a delivery tells
    said = replace(lane, conduct=conduct, installation_id=installation_id, position=event.position)
    return bounded(said, lane)


def _told(lane: Lane, event: Event, facts: tuple[Fact, ...]) -> Lane:
    seen, heard = lane.seen, lane.heard
    now = Heard(event.position, event.recorded_at)
    for fact in facts:
        if _concerned(fact) != lane.repository_id:
            continue
        learned = learn(seen, fact)
        if learned is not seen or isinstance(fact, IssueCommentSeen | ReviewCommentSeen):
            heard = {**heard, **dict.fromkeys(_subjects(fact), now)}
        seen = learned
    installation_id = event.installation_id or lane.installation_id
    if seen is lane.seen and heard is lane.heard and installation_id == lane.installation_id:
        return lane
    told = replace(
        lane, seen=seen, heard=heard, installation_id=installation_id, position=event.position
    )
    return bounded(_linked(told, lane.seen), lane)


def _concerned(fact: Fact) -> int | None:
    """Return the repository whose lane a fact belongs to."""
    if isinstance(fact, DependencyChanged):
        return fact.blocked_repository_id
    return getattr(fact, "repository_id", None)


def _subjects(fact: Fact) -> Iterator[str]:
    """Yield the things about which something was heard."""
    match fact:
        case IssueSeen():
            yield f"issue:{fact.number}"
        case AssignmentChanged():
            yield f"assigned:{fact.number}"
        case PullRequestSeen() | ReviewRequested():
            yield f"pull:{fact.number}"
        case ReviewSeen() | ReviewCommentSeen():
            yield f"reviews:{fact.pull_request_number}"
        case IssueCommentSeen() if fact.is_pull_request:
            yield f"reviews:{fact.number}"
        case CommitStatusSeen():
            yield f"checks:{fact.sha}"
        case CheckRunSeen() | CheckSuiteSeen() | ActionsRunSeen():
            yield f"checks:{fact.head_sha}"


def _linked(lane: Lane, before: Seen) -> Lane:
    seen = lane.seen
    if (
        seen.issues is before.issues
        and seen.pull_requests is before.pull_requests
        and seen.assignments is before.assignments
    ):
        return lane
    found = links(seen)
    return lane if found == lane.links else replace(lane, links=found)
