"""What the event filters read: which issue, pull request and workflow an event is about."""

from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Index, Integer, Select, bindparam, or_, select
from sqlmodel import Field, SQLModel

from events.envelope import Event, Source
from events.github import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen
from events.read import WITHOUT_PAYLOAD, head, of_id, outline
from events.table import BIG_INTEGER, GIVEN, events, table_of
from projections.access import Access, built_once, shows
from projections.counting import counted
from projections.engine.projection import Key, Projection, ReadEvent
from projections.filters import (
    Conditions,
    Filter,
    Name,
    Number,
    Time,
    Whose,
    condition_names,
    equal,
    sought,
)
from projections.search import SearchText, containing
from projections.windows import Window


class IndexedEventRow(SQLModel, table=True):
    """One event's place in every filter; each filter has an index that ends in the position."""

    __tablename__ = "event_index"
    __table_args__ = tuple(
        Index(f"ix_event_index_{name}", name, "position")
        for name in (
            "source",
            "type",
            "installation_id",
            "repository_id",
            "actor",
            "actor_id",
            "issue",
            "pull_request",
            "correlation_id",
            "causation_id",
        )
    )

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    source: str
    type: str
    action: str | None = None
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    repository_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    actor: str | None = None
    actor_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    issue: int | None = Field(default=None, sa_type=BIG_INTEGER)
    pull_request: int | None = Field(default=None, sa_type=BIG_INTEGER)
    correlation_id: UUID | None = None
    causation_id: UUID | None = None


IndexRow: TypeAlias = dict[str, Any]

event_index = table_of(IndexedEventRow)


def _touches(read: ReadEvent) -> tuple[Key]:
    return ((read.event.position,),)


def _evolve(_row: IndexRow | None, _key: Key, read: ReadEvent) -> IndexRow:
    event = read.event
    return {
        "position": event.position,
        "source": event.source,
        "type": event.type,
        "action": event.action,
        "installation_id": event.installation_id,
        "repository_id": event.repository_id,
        "actor": event.actor_login.lower() if event.actor_login else None,
        "actor_id": event.actor_id,
        "issue": issue_number(read),
        "pull_request": pull_request_number(read),
        "correlation_id": event.correlation_id,
        "causation_id": event.causation_id,
    }


EVENT_INDEX: Projection[IndexRow] = Projection(
    name="event_index",
    version=2,
    table=event_index,
    model=dict,
    touches=_touches,
    evolve=_evolve,
    append_only=True,
)


LOOKED_THROUGH = 25_000  # events in which a page looks for a text: some 50 ms where none has it


class EventFilter(Filter):
    """Which events to list; None: any. ``since`` and ``until`` compare ``recorded_at``.

    ``actor`` is a login in any case, or a numeric user id: Copilot's logins differ by endpoint.
    """

    type: Name | None = Field(None, description="X-GitHub-Event, or our own type")
    action: Name | None = None
    actor: Name | None = Field(None, description="a login in any case, or a numeric user id")
    source: Source | None = None
    installation: Number | None = None
    repository: Whose | None = Field(
        None, description="GitHub's numeric id, or owner/name, former names included"
    )
    issue: Number | None = Field(None, description="an issue's number")
    pull_request: Number | None = Field(None, description="a pull request's number")
    since: Time | None = Field(None, description="recorded at this time or later")
    until: Time | None = Field(None, description="recorded before this time")
    q: SearchText | None = Field(
        None,
        description="in type, action or the actor's login, in any case; or an event's whole id. "
        f"A page looks through {LOOKED_THROUGH:,} events at most and may have few items: `next` "
        "goes on behind them",
    )
    correlation: UUID | None = Field(None, description="the workflow that our own events serve")
    id: UUID | None = Field(None, description="the event with this id; a delivery's is GitHub's")
    caused_by: Number | None = Field(
        None, description="those that the event at this position brought about"
    )
    before: Number | None = Field(None, description="only positions before this one")
    after: Number | None = Field(None, description="only positions after this one")


def event_window(
    connection: Connection, access: Access, wanted: EventFilter, limit: int
) -> Window[Event]:
    """Return the newest events that match, and before which position there may be more."""
    floor = looked_through(connection, wanted.before) if wanted.q else 0
    narrowed = (
        wanted.model_copy(update={"after": max(floor, wanted.after or 0)}) if floor else wanted
    )
    found = list_events(connection, access, narrowed, limit + 1)
    if len(found) > limit:
        return Window(found[:limit], (found[limit - 1].position,))
    return Window(found, (floor + 1,) if floor > (wanted.after or 0) else None)


def looked_through(connection: Connection, before: int | None) -> int:
    """Return behind which position a page looks for what no index finds; 0: it looks at all."""
    newest = head(connection).position
    end = newest if before is None else min(newest, before - 1)
    return max(end - LOOKED_THROUGH, 0)


def count_events(connection: Connection, access: Access, wanted: EventFilter) -> int | None:
    """Return how many events match; None: that is too much to count, or a text is looked for."""
    values = event_values(connection, access, wanted)
    if wanted.q:
        return None
    if not values and access.is_everything:
        return head(connection).position  # positions have no hole
    matching = _matching(access, condition_names(values))
    return counted(connection, matching, values | access.values)


def list_events(
    connection: Connection, access: Access, wanted: EventFilter, limit: int
) -> list[Event]:
    """Return the newest events that match, newest first, without their payloads (empty text)."""
    values = event_values(connection, access, wanted)
    query = _listed(access, condition_names(values))
    values |= {"limit": limit} | access.values
    return [outline(row) for row in connection.execute(query, values)]


def event_values(connection: Connection, access: Access, wanted: EventFilter) -> dict[str, Any]:
    """Return what is compared, as ``sought`` does; a text may be an event's id, whole."""
    values = sought(connection, access, EventFilter, wanted)
    try:
        number = UUID(wanted.q or "")
    except ValueError:
        return values
    del values["q"]
    return values | {"id": number}


_cause = events.alias("cause")
_CAUSE = select(_cause.c.id).where(_cause.c.position == bindparam("caused_by"))
_CONDITIONS: Conditions = {
    **equal(
        type=event_index.c.type,
        action=event_index.c.action,
        actor=event_index.c.actor,
        source=event_index.c.source,
        installation=event_index.c.installation_id,
        repository=event_index.c.repository_id,
        issue=event_index.c.issue,
        pull_request=event_index.c.pull_request,
        correlation=event_index.c.correlation_id,
    ),
    "user": or_(
        event_index.c.actor_id == bindparam("user"), event_index.c.actor == bindparam("digits")
    ),
    "id": event_index.c.position.in_(
        select(events.c.position).where(events.c.id == bindparam("id"))
    ),
    "caused_by": event_index.c.causation_id == _CAUSE.scalar_subquery(),
    "q": containing(event_index.c.type, event_index.c.action, event_index.c.actor),
    "before": event_index.c.position < bindparam("before"),
    "after": event_index.c.position > bindparam("after"),
    "since": event_index.c.position > bindparam("since"),
    "until": event_index.c.position <= bindparam("until"),
}


@built_once
def _listed(access: Access, names: frozenset[str]) -> Select[Any]:
    query = select(*WITHOUT_PAYLOAD).join_from(
        event_index, events, event_index.c.position == events.c.position
    )
    query = query.where(*event_conditions(access, names))
    return query.order_by(event_index.c.position.desc()).limit(bindparam("limit", type_=Integer))


@built_once
def _matching(access: Access, names: frozenset[str]) -> Select[Any]:
    return select(event_index.c.position).where(*event_conditions(access, names))


def event_conditions(access: Access, names: frozenset[str]) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of events that an access shows and that match values of some names."""
    c = event_index.c
    told = access.told(c.repository_id, c.installation_id, c.position)
    return (told, *(_CONDITIONS[name] for name in sorted(names)))


MOST_CAUSED = 100  # events that one brought about, of which the event itself tells


def cause_of(connection: Connection, access: Access, event: Event) -> Event | None:
    """Return the event that brought one about; None: none did, or it is not within reach."""
    if event.causation_id is None:
        return None
    cause = of_id(connection, event.causation_id)
    return cause if cause is not None and shows(connection, access, cause) else None


_OF_CHECKS = (ActionsRunSeen, CheckRunSeen, CheckSuiteSeen)


def issue_number(read: ReadEvent) -> int | None:
    """Return the number of the issue, None for none."""
    return read.event.subject_number if read.event.subject_kind == "issue" else None


def pull_request_number(read: ReadEvent) -> int | None:
    """Return the number of the pull request; of several that a check ran for, the first."""
    if read.event.subject_kind == "pull_request":
        return read.event.subject_number
    for fact in read.facts:
        if isinstance(fact, _OF_CHECKS) and fact.pull_request_numbers:
            return fact.pull_request_numbers[0]
    return None
