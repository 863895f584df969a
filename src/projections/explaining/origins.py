"""By which event a fact was told: found in what pages showed, and in the index of events.

Nothing is made up: a fact of which it is not known has no position.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Text, and_, cast, exists, or_, select

from aggregates.lane import Lane
from aggregates.stages import place
from aggregates.stages.facts.rule_fact import EventName, Told
from aggregates.surroundings import EVERYWHERE, Circumstances, Surroundings, circumstances
from aggregates.workflow import Workflow, workflow_of
from events.catalogue import ModeSet, content_of
from events.envelope import OPERATOR
from events.errors import UnknownEventType
from events.read import at
from events.table import events
from projections.commands.model import applied_commands
from projections.events.index import event_index
from projections.workflows.model import versions

_PAGES = 500  # of a workflow, the newest, that are looked through
_LOOKED_AT = 50  # events of one kind, the newest, of which one may have told a fact


@dataclass(frozen=True, slots=True)
class Known:
    """A workflow in its lane, at some time; None where the lane knows of none."""

    lane: Lane
    around: Surroundings
    held: Circumstances
    number: int
    workflow: Workflow | None

    @classmethod
    def of(cls, lane: Lane, around: Surroundings, number: int) -> "Known":
        """Look at an issue of a lane."""
        held = circumstances(lane, around)
        return cls(lane, around, held, number, workflow_of(lane, held, number))

    @property
    def rule(self) -> str | None:
        """The rule that holds."""
        return place(self.workflow).rule if self.workflow is not None else None


@dataclass(frozen=True, slots=True)
class Origins:
    """Finds the events that told the facts of one workflow, up to a position.

    Those before ``since`` are hidden from whoever asks.
    """

    connection: Connection
    known: Known
    until: int
    since: int = 0
    _pages: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)

    def position(self, told: Told) -> int | None:
        """Return where a fact was told; None where that is not known, or nobody told it."""
        found = self._position(told)
        return found if found is not None and self.since <= found <= self.until else None

    def of_policy(self, key: str) -> int | None:
        """Return where the layer was given that a key's value comes from; None: built in."""
        known = self.known
        origin = known.held.mode_origin if key == "mode" else known.held.origins.get(key)
        whose = known.lane.installation_id
        match origin:
            case "repository":
                found = known.lane.ours.policy.position
            case "installation" if whose in known.around.policies:
                found = known.around.policies[whose].position
            case "server" if EVERYWHERE in known.around.policies:
                found = known.around.policies[EVERYWHERE].position
            case "operator":
                found = self._newest(_of_lane((ModeSet.type, ModeSet.action))) or 0
            case _:
                found = 0
        return found if found and self.since <= found <= self.until else None

    def _position(self, told: Told) -> int | None:
        if told.shown is not None:
            return self._became(told)
        if told.policy is not None:
            return self.of_policy(told.policy)
        if told.events:
            about = event_index.c.issue == self.known.number
            if told.pull_request is not None:
                about = event_index.c.pull_request == told.pull_request
            return self._newest(and_(about, _named(told.events)), told)
        return told.position

    def _became(self, told: Told) -> int | None:
        """Return where what pages show of a fact came to be as it is."""
        shown = told.shown
        pages = self._shown_pages()
        if shown is None or not pages:
            return None
        found, now = None, shown(pages[0][1])
        for position, page in pages:
            if not page or shown(page) != now:
                return found
            found = position
        return found if len(pages) < _PAGES else None

    def _shown_pages(self) -> Sequence[tuple[int, Mapping[str, Any]]]:
        if not self._pages:
            query = (
                select(versions.c.position, cast(versions.c.document, Text).label("document"))
                .where(
                    versions.c.repository_id == self.known.lane.repository_id,
                    versions.c.issue_number == self.known.number,
                    versions.c.position <= self.until,
                )
                .order_by(versions.c.position.desc())
                .limit(_PAGES)
            )
            for row in self.connection.execute(query):
                self._pages.append((row.position, orjson.loads(row.document)))
        return self._pages

    def _newest(self, which: ColumnElement[bool], told: Told | None = None) -> int | None:
        """Return the newest of some events of the repository; of commands, that was heeded."""
        heeded = exists().where(applied_commands.c.position == event_index.c.position)
        query = (
            select(event_index.c.position)
            .where(
                event_index.c.repository_id == self.known.lane.repository_id,
                event_index.c.position <= self.until,
                which,
                or_(event_index.c.source != OPERATOR, heeded),
            )
            .order_by(event_index.c.position.desc())
        )
        if told is None or told.which is None:
            return self.connection.scalar(query.limit(1))
        found = self.connection.scalars(query.limit(_LOOKED_AT)).all()
        return next((each for each in found if self._tells(each, told)), None)

    def _tells(self, position: int, told: Told) -> bool:
        event = at(self.connection, position)
        if event is None or told.which is None:
            return False
        try:
            return told.which(content_of(event))
        except UnknownEventType:
            return False


def recorded(connection: Connection, positions: Iterator[int | None]) -> dict[int, datetime]:
    """Return when events were recorded, by position."""
    wanted = sorted({each for each in positions if each is not None})
    query = select(events.c.position, events.c.recorded_at).where(events.c.position.in_(wanted))
    return {row.position: row.recorded_at for row in connection.execute(query)}


def _named(names: Sequence[EventName]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(event_index.c.type == kind, event_index.c.action == action)
            if action is not None
            else event_index.c.type == kind
            for kind, action in names
        )
    )


def _of_lane(name: EventName) -> ColumnElement[bool]:
    return _named((name,))
