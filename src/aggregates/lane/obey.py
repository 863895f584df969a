"""Folding our own events: what operators told us, and through ``remember`` what we did."""

from dataclasses import replace

from aggregates.lane.conduct import UNTOUCHED, Conduct, Handling, Pause, PolicyLayer
from aggregates.lane.remember import handled, remember
from aggregates.policy import canonical
from events.catalogue import (
    LanePaused,
    LaneResumed,
    ModeSet,
    OperatorCommand,
    OwnEvent,
    PolicyChanged,
    PolicyProblem,
    QueueReordered,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from events.envelope import Event


def obey(conduct: Conduct, event: Event, content: OwnEvent) -> Conduct:
    """Return the conduct after one of our own events; the same object when nothing changes."""
    match content:
        case OperatorCommand():
            return conduct if refusal(conduct, content) else _obeyed(conduct, event, content)
        case PolicyChanged(layer="repository"):
            policy = policy_after(conduct.policy, event.position, content)
            return conduct if policy is conduct.policy else replace(conduct, policy=policy)
        case _:
            return remember(conduct, event, content)


def refusal(conduct: Conduct, content: OwnEvent) -> str | None:
    """Say why a command changes nothing now, in a short sentence for people; None: it applies.

    What is no command about a lane is never refused.
    """
    match content:
        case LanePaused() if conduct.paused:
            return "the lane is paused already"
        case LaneResumed() if not conduct.paused:
            return "the lane is not paused"
        case ModeSet(mode=mode) if mode == conduct.mode:
            return f"the mode is {mode} already" if mode else "the mode is the policy's already"
        case QueueReordered(order=order) if _distinct(order) == conduct.order:
            return "the queue is in this order already"
        case WorkflowCommand():
            handling = conduct.handlings.get(content.issue_number, UNTOUCHED)
            state = _state_already(handling, content)
            return f"issue {content.issue_number} {state}" if state else None
    return None


def policy_after(known: PolicyLayer, position: int, content: PolicyChanged) -> PolicyLayer:
    """Return a layer's policy after an event gave it anew; the same object when nothing changes.

    One with problems leaves what holds as it is, and is told of beside it.
    """
    if content.problems or content.document is None:
        changed = replace(known, problems=tuple(map(_text_of, content.problems)))
    else:
        document = canonical(content.document)
        changed = PolicyLayer(document, content.commit, position)
    return known if changed == replace(known, position=changed.position) else changed


def _text_of(problem: PolicyProblem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message


def _obeyed(conduct: Conduct, event: Event, content: OperatorCommand) -> Conduct:
    match content:
        case LanePaused():
            pause = Pause(event.position, content.reason, event.actor_login)
            return replace(conduct, paused=pause)
        case LaneResumed():
            return replace(conduct, paused=None)
        case ModeSet():
            return replace(conduct, mode=content.mode)
        case QueueReordered():
            return replace(conduct, order=_distinct(content.order))
        case WorkflowCommand():
            handling = conduct.handlings.get(content.issue_number, UNTOUCHED)
            return handled(conduct, content.issue_number, _commanded(handling, event, content))
    return conduct


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
