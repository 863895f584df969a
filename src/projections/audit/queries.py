"""What people and we ourselves did, newest first, from the log by the index of its events."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    Select,
    bindparam,
    select,
)

from events.catalogue import (
    REGISTRY,
    ActionCancelled,
    ActionFailed,
    ActionSucceeded,
    OwnEvent,
    ResyncObserved,
    TimerFired,
)
from events.envelope import GITHUB
from events.table import events
from projections.access import Access, built_once
from projections.actions.fold import ACTIONS
from projections.actions.item import Cause
from projections.audit.sentences import About, agent_in, deed_of
from projections.counting import counted
from projections.events.index import (
    EventFilter,
    event_conditions,
    event_index,
    event_values,
    looked_through,
)
from projections.filters import Filter, Name, Number, Time, Whose, condition_names, given
from projections.references import GITHUB_COM, IssueRef, Links, Person, RepositoryRef
from projections.windows import Window
from projections.workflows.titles import NAMES, with_names

_actions = ACTIONS.table
_cause = events.alias("cause")
# What is told apart from these is what GitHub answered us, and that time passed.
_NOT_DONE = {ResyncObserved.type, TimerFired.type}
_TYPES = sorted({kind for kind, _, _ in REGISTRY} - _NOT_DONE)
_OUTCOMES = (ActionSucceeded, ActionFailed, ActionCancelled)
_OURS = (event_index.c.source != GITHUB, event_index.c.type.in_(_TYPES))


class AuditFilter(Filter):
    """Whose deeds to list, and about what; None: any."""

    repository: Whose | None = Field(
        None, description="GitHub's numeric id, or owner/name, former names included"
    )
    installation: Number | None = None
    issue: Number | None = Field(None, description="an issue's number")
    actor: Name | None = Field(None, description="a login in any case, or a numeric user id")
    type: Name | None = Field(None, description="the event's type, such as `lane` or `api_token`")
    since: Time | None = Field(None, description="recorded at this time or later")
    until: Time | None = Field(None, description="recorded before this time")
    before: Number | None = Field(None, description="only positions before this one")


class AuditItem(BaseModel):
    """One thing that somebody, or the service, did."""

    position: int = Field(description="in the log", examples=[1042])
    at: datetime = Field(description="when we recorded it")
    actor: Person | None = Field(description="null: the service itself")
    did: str = Field(examples=["paused"])
    to: str = Field(description="what it was done to", examples=["octo-org/pump"])
    why: str | None = Field(description="the reason that was given")
    sentence: str = Field(examples=["ada paused octo-org/pump: a release is under way"])
    repository: RepositoryRef | None
    issue: IssueRef | None
    cause: Cause | None = Field(description="the event that it follows")
    html_url: str | None = Field(description="where at GitHub to see what it is about")


def list_audit(
    connection: Connection,
    access: Access,
    wanted: AuditFilter,
    limit: int,
    links: Links = GITHUB_COM,
) -> Window[AuditItem]:
    """Return the newest deeds, and before which position there may be more."""
    values = _values(connection, access, wanted)
    query = _listed(access, condition_names(values))
    floor = looked_through(connection, wanted.before)
    values |= {"floor": floor, "limit": limit + 1} | access.values
    rows = connection.execute(query, values).mappings().all()
    items = _items(connection, rows[:limit], links)
    if len(rows) > limit:
        return Window(items, (rows[limit - 1]["position"],))
    return Window(items, (floor + 1,) if floor else None)


def count_audit(connection: Connection, access: Access, wanted: AuditFilter) -> int | None:
    """Return how many deeds match; None: more than are counted for a page."""
    values = _values(connection, access, wanted)
    return counted(connection, _matching(access, condition_names(values)), values | access.values)


def _values(connection: Connection, access: Access, wanted: AuditFilter) -> dict[str, Any]:
    return event_values(connection, access, EventFilter(**given(AuditFilter, wanted)))


@built_once
def _listed(access: Access, names: frozenset[str]) -> Select[Any]:
    joined = event_index.join(events, events.c.position == event_index.c.position)
    joined = joined.outerjoin(_cause, _cause.c.id == events.c.causation_id)
    query = select(
        events.c.position,
        events.c.recorded_at,
        events.c.type,
        events.c.action,
        events.c.schema_version,
        events.c.installation_id,
        events.c.repository_id,
        events.c.actor_id,
        events.c.actor_login,
        events.c.causation_id,
        events.c.payload,
        event_index.c.issue,
        _cause.c.position.label("cause_position"),
        *NAMES,
    ).select_from(with_names(joined, event_index.c.repository_id, event_index.c.issue))
    query = query.where(*_where(access, names), event_index.c.position > bindparam("floor"))
    return query.order_by(event_index.c.position.desc()).limit(bindparam("limit", type_=Integer))


@built_once
def _matching(access: Access, names: frozenset[str]) -> Select[Any]:
    return select(event_index.c.position).where(*_where(access, names))


def _where(access: Access, names: frozenset[str]) -> tuple[ColumnElement[bool], ...]:
    return (*event_conditions(access, names), *_OURS)


def _items(connection: Connection, rows: Iterable[RowMapping], links: Links) -> list[AuditItem]:
    told = [(row, content) for row in rows if (content := _content(row)) is not None]
    actions = _actions_of(connection, [content for _, content in told])
    return [_item(row, content, actions, links) for row, content in told]


def _content(row: RowMapping) -> OwnEvent | None:
    """Read what an event says; None of one that a newer release recorded."""
    model = REGISTRY.get((row["type"], row["action"] or "", row["schema_version"]))
    return None if model is None else model.model_validate_json(row["payload"])


def _actions_of(connection: Connection, contents: Iterable[OwnEvent]) -> Mapping[UUID, About]:
    """Return what the actions are of which outcomes are told."""
    ids = [each.action_id for each in contents if isinstance(each, _OUTCOMES)]
    if not ids:
        return {}
    columns = (_actions.c.id, _actions.c.kind, _actions.c.parameters)
    found = connection.execute(select(*columns).where(_actions.c.id.in_(ids)))
    return {row.id: About(row.kind, agent_in(row.parameters)) for row in found}


def _item(
    row: RowMapping, content: OwnEvent, actions: Mapping[UUID, About], links: Links
) -> AuditItem:
    about = actions.get(content.action_id) if isinstance(content, _OUTCOMES) else None
    deed = deed_of(content, about)
    whose, name, number = row["repository_id"], row["full_name"], row["issue"]
    issue = None if number is None else links.issue(name, number, row["issue_title"])
    repository = None if whose is None else links.repository(whose, name)
    to = _place(row) if deed.to is None else deed.to
    user_id, login = row["actor_id"], row["actor_login"]
    actor = Person(id=user_id, login=login) if user_id or login else None
    who = (login or f"user {user_id}") if actor else "the service"
    why = f": {deed.why}" if deed.why else ""
    position = row["cause_position"]
    return AuditItem(
        position=row["position"],
        at=row["recorded_at"],
        actor=actor,
        did=deed.did,
        to=to,
        why=deed.why,
        sentence=f"{who} {deed.did} {to}".rstrip() + why,
        repository=repository,
        issue=issue,
        cause=None if position is None else Cause(position=position, id=row["causation_id"]),
        html_url=issue.html_url if issue else repository.html_url if repository else None,
    )


def _place(row: RowMapping) -> str:
    """Name what an event is about: an issue, a repository, an installation, or everything."""
    if row["repository_id"] is None:
        whose = row["installation_id"]
        return "everything" if whose is None else f"installation {whose}"
    name = row["full_name"] or f"repository {row['repository_id']}"
    return name if row["issue"] is None else f"{name}#{row['issue']}"
