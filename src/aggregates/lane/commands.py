"""What operators tell us about a lane: when a command changes nothing, and what it changes."""

from dataclasses import replace

from aggregates.lane.ours import UNTOUCHED, Handling, Ours, Pause, handled
from events.catalogue import (
    LanePaused,
    LaneResumed,
    ModeSet,
    OperatorCommand,
    OwnEvent,
    QueueReordered,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from events.envelope import Event


def apply_command(ours: Ours, event: Event, content: OperatorCommand) -> Ours:
    """Return our side after an operator's command; the same object when it changes nothing."""
    return ours if refusal(ours, content) else _applied(ours, event, content)


def refusal(ours: Ours, content: OwnEvent) -> str | None:
    """Say why a command changes nothing now, in a short sentence for people; None: it applies.

    What is no command about a lane is never refused.
    """
    match content:
        case LanePaused() if ours.paused:
            return "the lane is paused already"
        case LaneResumed() if not ours.paused:
            return "the lane is not paused"
        case ModeSet(mode=mode) if mode == ours.mode:
            return f"the mode is {mode} already" if mode else "the mode is the policy's already"
        case QueueReordered(order=order) if _distinct(order) == ours.order:
            return "the queue is in this order already"
        case WorkflowCommand():
            handling = ours.handlings.get(content.issue_number, UNTOUCHED)
            state = _state_already(handling, content)
            return f"issue {content.issue_number} {state}" if state else None
    return None


def _applied(ours: Ours, event: Event, content: OperatorCommand) -> Ours:
    match content:
        case LanePaused():
            pause = Pause(event.position, content.reason, event.actor_login)
            return replace(ours, paused=pause)
        case LaneResumed():
            return replace(ours, paused=None)
        case ModeSet():
            return replace(ours, mode=content.mode)
        case QueueReordered():
            return replace(ours, order=_distinct(content.order))
        case WorkflowCommand():
            handling = ours.handlings.get(content.issue_number, UNTOUCHED)
            return handled(ours, content.issue_number, _commanded(handling, event, content))
    return ours


def _distinct(order: tuple[int, ...]) -> tuple[int, ...]:
    """Return the issues in order, each at its first place."""
    return tuple(dict.fromkeys(order))


def _state_already(handling: Handling, content: WorkflowCommand) -> str | None:
    """Say what an issue is already, if a command would change nothing."""
    match content:
        case WorkflowEnqueued() if handling.enqueued and not handling.skipped:
            return "is enqueued already"
        case WorkflowSkipped() if handling.skipped:
            return "is skipped already"
        case WorkflowTakenOver() if handling.taken_over:
            return "is taken over already"
        case WorkflowReleased() if not handling.taken_over:
            return "is not taken over"
    return None


def _commanded(handling: Handling, event: Event, content: WorkflowCommand) -> Handling:
    match content:
        case WorkflowEnqueued():
            return replace(handling, enqueued=True, skipped=False)
        case WorkflowSkipped():
            return replace(handling, skipped=True)
        case WorkflowRetried():
            again = handling.generation + 1
            return Handling(handling.enqueued, generation=again, resumed_at=event.recorded_at)
        case WorkflowTakenOver():
            return replace(handling, taken_over=True)
        case WorkflowReleased():
            return replace(handling, taken_over=False, resumed_at=event.recorded_at)
    return handling
