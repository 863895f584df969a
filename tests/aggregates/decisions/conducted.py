"""Lanes under a policy, and what becomes of them when decisions are recorded and timers fire."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal
from uuid import UUID

from aggregates.acting import ActingUser
from aggregates.decisions import Decision, decide, requested, timers
from aggregates.lane import Lane, evolve
from aggregates.lane.ours import PolicyLayer
from aggregates.policy import canonical
from aggregates.surroundings import EVERYWHERE, Surroundings
from events.catalogue import (
    About,
    ActionCancelled,
    ActionFailed,
    ActionSucceeded,
    Json,
    Mode,
    OwnEvent,
    own_event,
)
from events.envelope import NewEvent
from tests.aggregates.builders import HEAD, ISSUE, PULL, REPOSITORY, seeing
from tests.aggregates.decisions.timing import timed_out
from tests.aggregates.lane.own_events import placed

End = Literal["succeeded", "failed", "cancelled"]
Section = Mapping[str, Json]

ADA = ActingUser(1, "ada")
USER = Surroundings(acting={EVERYWHERE: ADA}, identities={EVERYWHERE: {ADA.user_id: None}})
NOBODY = Surroundings()
HEARD = {f"issue:{ISSUE}": 1, f"pull:{PULL}": 2, f"checks:{HEAD}": 3, f"reviews:{PULL}": 4}

# without waits and labels, which have tests of their own
PLAIN: dict[str, Section] = {
    "labels": {"sync": False},
    "ci": {"settle_seconds": 0},
    "review": {"quiet_seconds": 0},
}


def conducted(lane: Lane, mode: Mode = "live", /, **sections: Section) -> Lane:
    """A lane in a mode, under a policy without waits and labels but for the sections given."""
    names = PLAIN.keys() | sections.keys()
    document: dict[str, Json] = {
        name: {**PLAIN.get(name, {}), **sections.get(name, {})} for name in sorted(names)
    }
    policy = PolicyLayer(canonical(document))
    return replace(lane, ours=replace(lane.ours, mode=mode, policy=policy))


def kinds(lane: Lane, scope: Surroundings = USER) -> list[str]:
    return [decision.kind for decision in decide(lane, scope)]


def only(lane: Lane, scope: Surroundings = USER) -> Decision:
    """The one decision that a lane calls for."""
    (decision,) = decide(lane, scope)
    return decision


def waits(lane: Lane, scope: Surroundings = USER) -> list[tuple[str, str]]:
    """The kinds and tokens of the timers that run."""
    return [(timer.kind, timer.token) for timer in timers(lane, scope)]


def recorded(lane: Lane, end: End | None = None, scope: Surroundings = USER) -> Lane:
    """The lane once all that it calls for is recorded, and perhaps over."""
    for decision in decide(lane, scope):
        event = requested(lane, scope, decision)
        lane = _with(lane, event)
        if end:
            content = _ended(end, event.id, decision.issue_number)
            lane = said(lane, content)
    return lane


def delivered(lane: Lane, author_id: int = ADA.user_id) -> Lane:
    """The lane once GitHub told of all comments that it asked for, as somebody wrote them."""
    asked = (each for handling in lane.ours.handlings.values() for each in handling.asked)
    marks = tuple(sorted(str(each.id) for each in asked))
    return seeing(lane, marks={PULL: {author_id: marks}})


def passed(lane: Lane, scope: Surroundings = USER) -> Lane:
    """The lane once all timers that run have fired."""
    for timer in timers(lane, scope):
        lane = _with(lane, timed_out(lane, timer))
    return lane


def said(lane: Lane, content: OwnEvent) -> Lane:
    """The lane after an event of our own."""
    place = lane.position + 1
    about = About(installation_id=lane.installation_id, repository_id=REPOSITORY)
    return _with(lane, own_event(content, UUID(int=place), about=about))


def _with(lane: Lane, event: NewEvent) -> Lane:
    after = evolve(lane, placed(event, lane.position + 1))
    assert after is not lane, "it was recorded before"
    return after


def _ended(end: End, action_id: UUID, issue_number: int) -> OwnEvent:
    match end:
        case "succeeded":
            return ActionSucceeded(action_id=action_id, issue_number=issue_number)
        case "failed":
            return ActionFailed(action_id=action_id, issue_number=issue_number, error="refused")
        case "cancelled":
            return ActionCancelled(action_id=action_id, issue_number=issue_number, why="too late")
