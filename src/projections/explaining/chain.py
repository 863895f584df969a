"""What led to where a workflow is: deliveries, answers, stages, decisions, attempts, the echo."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, or_, select

from aggregates.stages.stage import moment
from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    ObservedKind,
    OperatorCommand,
    OwnEvent,
    ResyncObserved,
    TimerFired,
    content_of,
)
from events.envelope import GITHUB, Event
from events.errors import UnknownEventType
from events.read import WITHOUT_PAYLOAD, outline, to_event
from events.table import events
from projections.events.index import event_index
from projections.explaining.model import ChainItem
from projections.lanes.model import confirmations
from projections.workflows.model import StageItem

_OWN = 150  # of our own events about the workflow, the newest
_MOST = 200  # steps, the newest
_ORDER = (
    *("delivery", "answer", "command", "timer"),
    *("decision", "attempt", "outcome", "echo", "stage"),
)
# What GitHub answered where we asked; of other kinds, what the thing is like.
ANSWERED: Mapping[ObservedKind, str] = {
    "permission": "whether somebody may write here",
    "closing": "which issues the pull request closes",
    "work": "whether Copilot's work has ended",
    "blockers": "what blocks the issue",
    "failure": "how the checks failed",
    "session": "how Copilot's session stands",
    "mergeable": "whether the pull request conflicts with its base",
    "sub_issues": "which sub-issues it has",
    "agent_merge": "whether Agent Merge is on",
}

_Steps = Iterator[ChainItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """Whose chain it is: a workflow's, between two positions, with the stages that it came to."""

    repository_id: int
    number: int
    since: int
    until: int
    stages: Sequence[StageItem]


def chain_of(connection: Connection, causes: Causes) -> list[ChainItem]:
    """Return the newest steps that led to where a workflow is, oldest first."""
    own = _own_events(connection, causes)
    contents = {event.position: content for event in own if (content := _content(event))}
    shown = _confirmed(connection, causes, own)
    places = {
        *(each.position for each in causes.stages),
        *shown.values(),
        *(event.position for event in own),
    }
    by_id = {event.id: event for event in own}
    lacking = {e.causation_id for e in own if e.causation_id and e.causation_id not in by_id}
    known = {event.position: event for event in _outlines(connection, causes, places, lacking)}
    placed = {event.id: event.position for event in known.values()}
    steps = [
        *(step for event in own for step in _of_own(event, contents, placed)),
        *(_delivery(event) for event in known.values() if event.source == GITHUB),
        *_answers(connection, known.values()),
        *(_stage(each, known) for each in causes.stages if each.position in known),
        *(_echo(known[at], known[asked]) for asked, at in shown.items() if at in known),
    ]
    steps.sort(key=lambda step: (step.position, _ORDER.index(step.kind)))
    return steps[-_MOST:]


def _own_events(connection: Connection, causes: Causes) -> list[Event]:
    """Return what we and operators said of the issue, the newest of much.

    Without what GitHub answered: of a session there is an answer every few minutes, and only those
    are steps by which something came about.
    """
    query = (
        select(*events.columns)
        .join_from(event_index, events, event_index.c.position == events.c.position)
        .where(
            event_index.c.repository_id == causes.repository_id,
            event_index.c.issue == causes.number,
            event_index.c.source != GITHUB,
            event_index.c.type != ResyncObserved.type,
            event_index.c.position.between(causes.since, causes.until),
        )
        .order_by(event_index.c.position.desc())
        .limit(_OWN)
    )
    return [to_event(row) for row in connection.execute(query)]


def _content(event: Event) -> OwnEvent | None:
    try:
        return content_of(event)
    except UnknownEventType:  # of a newer release
        return None


def _confirmed(connection: Connection, causes: Causes, own: Sequence[Event]) -> dict[int, int]:
    """Return where actions were seen to be done, by where they were asked for."""
    asked = {event.id: event.position for event in own if event.action == ActionRequested.action}
    query = select(confirmations.c.action_id, confirmations.c.position).where(
        confirmations.c.action_id.in_(asked), confirmations.c.position <= causes.until
    )
    return {asked[row.action_id]: row.position for row in connection.execute(query)}


def _outlines(
    connection: Connection, causes: Causes, places: set[int], ids: set[UUID]
) -> list[Event]:
    """Return events by position or id, without payloads."""
    which: list[ColumnElement[bool]] = [events.c.position.in_(sorted(places))]
    if ids:
        which.append(events.c.id.in_(sorted(ids)))
    visible = events.c.position.between(causes.since, causes.until)
    query = select(*WITHOUT_PAYLOAD).where(or_(*which), visible)
    return [outline(row) for row in connection.execute(query)]


def _of_own(event: Event, contents: Mapping[int, OwnEvent], placed: Mapping[UUID, int]) -> _Steps:
    cause = placed.get(event.causation_id) if event.causation_id is not None else None
    match contents.get(event.position):
        case ActionRequested() as content:
            mode = "" if content.mode == "live" else f" ({content.mode})"
            told = f"decided to {_words(content.kind)}{mode}: {content.reason}"
            yield _step("decision", event, told, cause)
        case ActionSucceeded() as content:
            asked = placed.get(content.action_id)
            yield _step("attempt", event, _tried(content.attempts), asked)
            yield _step("outcome", event, "GitHub took it", asked)
        case ActionFailed() as content:
            asked = placed.get(content.action_id)
            yield _step("attempt", event, _tried(content.attempts), asked)
            yield _step("outcome", event, f"it failed for good: {content.error}", asked)
        case ActionCancelled() as content:
            told = f"it was called off: {content.why}"
            yield _step("outcome", event, told, placed.get(content.action_id))
        case TimerFired() as content:
            told = f"the wait {_words(content.timer)} was over, due at {moment(content.due_at)}"
            yield _step("timer", event, told, cause)
        case OperatorCommand() as content:
            why = f": {content.reason}" if content.reason else ""
            told = f"{event.actor_login or 'an operator'} said {_words(content.action)}{why}"
            yield _step("command", event, told, cause)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _tried(attempts: int) -> str:
    return "tried once" if attempts == 1 else f"tried {attempts} times"


def _delivery(event: Event) -> ChainItem:
    what = f"{event.type} {event.action}" if event.action else event.type
    about = f" of #{event.subject_number}" if event.subject_number is not None else ""
    by = f", by {event.actor_login}" if event.actor_login else ""
    return _step("delivery", event, f"GitHub told: {what}{about}{by}", None)


def _answers(connection: Connection, known: Iterable[Event]) -> _Steps:
    """Say what GitHub answered, of the events that are known to have brought something about."""
    places = sorted(event.position for event in known if event.type == ResyncObserved.type)
    if not places:
        return
    for row in connection.execute(select(*events.columns).where(events.c.position.in_(places))):
        event = to_event(row)
        if isinstance(content := _content(event), ResyncObserved):
            what = ANSWERED.get(content.kind, f"what the {_words(content.kind)} is like")
            yield _step("answer", event, f"GitHub answered {what}", None)


def _stage(entered: StageItem, known: Mapping[int, Event]) -> ChainItem:
    event = known[entered.position]
    told = f"{entered.stage}: {entered.reason}" if entered.stage else "it was no workflow any more"
    return _step("stage", event, told, event.position)


def _echo(event: Event, asked: Event) -> ChainItem:
    told = f"{event.type} {event.action or ''}".strip()
    return _step("echo", event, f"GitHub's own delivery shows it done ({told})", asked.position)


def _step(kind: str, event: Event, sentence: str, caused_by: int | None) -> ChainItem:
    return ChainItem.model_validate(
        {
            "kind": kind,
            "position": event.position,
            "id": event.id,
            "at": event.recorded_at,
            "sentence": sentence,
            "caused_by": caused_by,
        }
    )
