"""What a lane calls for, and the lane after that was recorded."""

# ruff: noqa: ANN401 (builders take any section of a policy)

import json
from typing import Any

from aggregates.decisions import Decision, Timer, consider, decide, requested, timed_out, timers
from aggregates.lane import Lane, evolve
from aggregates.lane.conduct import Pause, PolicyLayer
from aggregates.scope import EVERYWHERE, ActingUser, Scope
from events.catalogue import (
    About,
    ActionCancelled,
    ActionFailed,
    ActionKind,
    ActionSucceeded,
    Mode,
    OwnEvent,
    TimerKind,
)
from events.envelope import NewEvent
from tests.aggregates.builders import ISSUE, REPOSITORY
from tests.aggregates.lane.own_events import placed, said

ABOUT = About(repository_id=REPOSITORY, issue_number=ISSUE)
ADA = ActingUser(11, "ada")


def a_scope(
    mode: Mode = "live",
    *,
    acting_user: ActingUser | None = ADA,
    paused: bool = False,
    **policy: Any,
) -> Scope:
    """A policy of the server's with these sections, by default live and with an acting user.

    No label follows a stage unless the policy says so: it would be in every test.
    """
    document = {"mode": mode, "labels": {"sync": False}, **policy}
    return Scope(
        policies={EVERYWHERE: PolicyLayer(json.dumps(document))},
        acting={EVERYWHERE: acting_user} if acting_user else {},
        pauses={EVERYWHERE: Pause(1, "release")} if paused else {},
    )


LIVE = a_scope()
SHADOW = a_scope("shadow", acting_user=None)
AT_ONCE = a_scope(ci={"settle_seconds": 0}, review={"quiet_seconds": 0})


def kinds(lane: Lane, scope: Scope = LIVE) -> list[ActionKind]:
    return [each.kind for each in decide(lane, scope)]


def the_only(lane: Lane, scope: Scope = LIVE) -> Decision:
    """The one decision that a lane calls for."""
    (decision,) = decide(lane, scope)
    return decision


def timer(lane: Lane, kind: TimerKind, scope: Scope = LIVE) -> Timer | None:
    """The wait of a kind that runs, if one does."""
    running = [each for each in timers(lane, scope) if each.kind == kind]
    assert len(running) <= 1
    return running[0] if running else None


def after(lane: Lane, new: NewEvent) -> Lane:
    """The lane after the next event of the log."""
    return evolve(lane, placed(new, lane.position + 1))


def told(lane: Lane, content: OwnEvent) -> Lane:
    """The lane after an event of our own."""
    return evolve(lane, said(content, lane.position + 1, about=ABOUT))


def recorded(lane: Lane, scope: Scope = LIVE) -> Lane:
    """The lane after all that it calls for was recorded."""
    for decision in decide(lane, scope):
        lane = after(lane, requested(lane, scope, decision))
    return lane


def fired(lane: Lane, scope: Scope = LIVE) -> Lane:
    """The lane after every wait that runs has passed."""
    for each in consider(lane, scope).timers:
        generation = lane.handling(each.issue_number).generation
        event = timed_out(
            each,
            repository_id=lane.repository_id,
            installation_id=lane.installation_id,
            generation=generation,
        )
        lane = after(lane, event)
    return lane


def succeeded(lane: Lane) -> Lane:
    """The lane after its newest action succeeded."""
    newest = lane.handling(ISSUE).asked[-1]
    return told(lane, ActionSucceeded(action_id=newest.id, issue_number=ISSUE))


def failed(lane: Lane, error: str = "GitHub refused") -> Lane:
    newest = lane.handling(ISSUE).asked[-1]
    return told(lane, ActionFailed(action_id=newest.id, issue_number=ISSUE, error=error))


def cancelled(lane: Lane) -> Lane:
    newest = lane.handling(ISSUE).asked[-1]
    return told(lane, ActionCancelled(action_id=newest.id, issue_number=ISSUE, why="too late"))
