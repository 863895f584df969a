"""What operators tell us about a lane: when a command changes nothing, and what it changes."""

from dataclasses import replace
from datetime import datetime

from aggregates.lane.lane import Lane
from aggregates.lane.ours import UNTOUCHED, Asked, Handling, Ours, Pause, handled
from events.catalogue import (
    LanePaused,
    LaneResumed,
    ModeSet,
    OperatorCommand,
    OwnEvent,
    QueueReordered,
    WorkflowCommand,
    WorkflowEnqueued,
    WorkflowLinked,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from events.envelope import Event
from events.github import PullRequestSeen

_MOST_LINKED = 50  # pull requests of one issue of which a person's word is kept, the newest
_MOST_LEFT = 100  # requests of before a retry, the newest: they come to their end within an hour


def apply_command(lane: Lane, event: Event, content: OperatorCommand) -> Ours:
    """Return a lane's own side after a command; the same object when it changes nothing.

    What ``refusal`` has a sentence for changes nothing, whether it came by the API or past it.
    """
    return lane.ours if refusal(lane, content) else _applied(lane.ours, event, content)


def refusal(lane: Lane, content: OwnEvent) -> str | None:
    """Say why a command changes nothing now, in a short sentence for people; None: it applies.

    What is no command about a lane is never refused.
    """
    ours = lane.ours
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
            return _of_workflow(lane, content)
    return None


def is_about_nothing(lane: Lane, content: OwnEvent) -> bool:
    """Say whether a command needs an issue that was seen, or that a command named before.

    To queue and to skip an issue need none: that is what names it.
    """
    if not isinstance(content, WorkflowCommand):
        return False
    number = content.issue_number
    known = lane.issue(number).seen is not None or number in lane.ours.handlings
    return not known and not isinstance(content, WorkflowEnqueued | WorkflowSkipped)


def finished(lane: Lane, number: int) -> str | None:
    """Say why an issue's work is over, by what the lane knows alone; None: it is not.

    The issue is closed or gone, or its pull request was merged and it was not reopened since; one
    that only fits finishes nothing. What is skipped or not queued may be taken up again.
    """
    known = lane.issue(number)
    seen = known.seen
    if seen is not None and (seen.deleted or seen.transferred):
        return f"issue {number} was {'deleted' if seen.deleted else 'transferred'}"
    if seen is not None and seen.state != "open":
        return f"issue {number} is closed"
    merged = _merged_since(lane, number, known.reopened_at)
    return None if merged is None else f"issue {number} is done: #{merged} was merged"


def _of_workflow(lane: Lane, content: WorkflowCommand) -> str | None:
    number = content.issue_number
    if is_about_nothing(lane, content):
        return f"issue {number} is not known here"
    if isinstance(content, WorkflowLinked):
        return _linked_already(lane, content)  # also of work that is over, which it may reopen
    if over := finished(lane, number):
        return over
    state = _state_already(lane.handling(number), content)
    return f"issue {number} {state}" if state else None


def _linked_already(lane: Lane, content: WorkflowLinked) -> str | None:
    """Say why a person's word about a pull request changes nothing."""
    issue, pull, works = content.issue_number, content.pull_request_number, content.works
    if lane.pull_request(pull).seen is None:
        return f"pull request {pull} is not known here"
    if lane.handling(issue).linked.get(pull) == works:
        said = "works" if works else "does not work"
        return f"it was said already that #{pull} {said} on issue {issue}"
    return None


def _merged_since(lane: Lane, number: int, reopened_at: datetime | None) -> int | None:
    """Return the newest pull request that ended an issue's present round by its merge."""
    fitting = lane.ties.adopted.get(number, ())
    pulls = [lane.pull_request(each).seen for each in lane.linked(number) if each not in fitting]
    seen = [pull for pull in pulls if pull is not None]
    if any(pull.state == "open" and not pull.merged for pull in seen):
        return None
    merged = [(_merged_at(pull), pull.number) for pull in seen if pull.merged]
    since = [each for each in merged if reopened_at is None or each[0] > reopened_at]
    return max(since)[1] if since else None


def _merged_at(pull: PullRequestSeen) -> datetime:
    return pull.merged_at or pull.closed_at or pull.updated_at


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


def _left(handling: Handling) -> tuple[Asked, ...]:
    """Return the live requests of which nobody knows what came: they count until that is known."""
    every = (*handling.left, *handling.asked)
    return tuple(a for a in every if a.mode == "live" and a.outcome == "requested")[-_MOST_LEFT:]


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
    after = handling
    match content:
        case WorkflowEnqueued():
            after = replace(handling, enqueued=True, skipped=False)
        case WorkflowSkipped():
            after = replace(handling, skipped=True)
        case WorkflowRetried():
            again = handling.generation + 1
            after = Handling(
                handling.enqueued,
                generation=again,
                resumed_at=event.recorded_at,
                linked=handling.linked,
                retried=event.position,
                resumed=event.position,
                switched_on=handling.switched_on,
                left=_left(handling),
            )
        case WorkflowTakenOver():
            after = replace(handling, taken_over=True)
        case WorkflowLinked(pull_request_number=pull, works=works):
            others = {n: said for n, said in handling.linked.items() if n != pull}
            newest = [*others.items(), (pull, works)][-_MOST_LINKED:]
            after = replace(handling, linked=dict(newest))
        case WorkflowReleased():
            now, place = event.recorded_at, event.position
            after = replace(handling, taken_over=False, resumed_at=now, resumed=place)
    return after
