"""What is stored of lanes that were considered: the waits and questions of their issues.

Most of what happens in a lane changes neither. What was stored last is remembered, so that only
what differs costs a transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from aggregates.decisions import Outlook, Timer
from aggregates.lane import Lane
from aggregates.workflow.questions import Question
from events.envelope import NewEvent
from reactions.asking import replace_questions
from reactions.asking.table import forget_questions
from reactions.conductor import stuck, timetable
from reactions.conductor.timetable import Reckoner
from reactions.lanes import Stuck
from reactions.resync import Unsettled, have_settled

_MOST = 50_000  # issues of which it is remembered


@dataclass(frozen=True, slots=True)
class Considered:
    """A lane, what the issues that were looked at call for, and what of it is to be settled."""

    lane: Lane
    issues: frozenset[int] | None  # None: all
    outlook: Outlook
    events: Sequence[NewEvent]  # the decisions
    unsettled: Unsettled | None


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is stored of an issue."""

    installation_id: int | None = None
    generation: int = 0
    timers: tuple[Timer, ...] = ()
    questions: tuple[Question, ...] = ()


_NOTHING = _Stored()
_Issues: TypeAlias = dict[int, _Stored | None]  # None: nobody knows


@dataclass(slots=True)
class _Lane:
    """What is stored of a lane's issues, and of every other: nothing, or nobody knows."""

    issues: _Issues
    others: _Stored | None = None


@dataclass(slots=True)
class Noted:
    """What this process stored last of lanes; to be forgotten where another may have been at it."""

    _lanes: dict[int, _Lane] = field(default_factory=dict)

    def is_news(self, considered: Considered) -> bool:
        """Say whether something is to be stored of a lane."""
        known = self._lanes.get(considered.lane.repository_id)
        if known is None or considered.issues is None or considered.unsettled is not None:
            return True
        now = _stored(considered, considered.issues)
        return any(known.issues.get(issue, known.others) != now[issue] for issue in now)

    def remember(self, considered: Considered) -> None:
        """Remember what was just stored of a lane."""
        number, issues = considered.lane.repository_id, considered.issues
        if sum(len(lane.issues) for lane in self._lanes.values()) > _MOST:
            self._lanes.clear()
        if issues is None:
            self._lanes[number] = _Lane(_stored(considered, ()), others=_NOTHING)
        else:
            lane = self._lanes.setdefault(number, _Lane({}))
            lane.issues |= _stored(considered, issues)

    def forget_issue(self, repository_id: int, issue: int) -> None:
        """Forget what is stored of one issue of a lane."""
        if repository_id in self._lanes:
            self._lanes[repository_id].issues[issue] = None

    def forget(self, repository_ids: Iterable[int] | None = None) -> None:
        """Forget lanes, by default all."""
        for number in [*self._lanes] if repository_ids is None else repository_ids:
            self._lanes.pop(number, None)


def store_considered(
    connection: Connection, considered: Sequence[Considered], reckoner: Reckoner, now: datetime
) -> bool:
    """Store the waits that run in lanes, and have settled what came to be in doubt there.

    Says whether GitHub is to be asked something at once.
    """
    anew = False
    for each in considered:
        timers, questions = each.outlook.timers, each.outlook.questions
        timetable.replace_timers(connection, each.lane, each.issues, timers, reckoner)
        anew = replace_questions(connection, each.lane, each.issues, questions, now) or anew
    stuck.note_moving(connection, [each.lane.repository_id for each in considered])
    have_settled(connection, [each.unsettled for each in considered if each.unsettled])
    return anew


def store_failed(connection: Connection, failed: Sequence[Stuck], now: datetime) -> None:
    """Store which lanes are stuck: nothing runs in them, and nothing is asked."""
    for lane in failed:
        timetable.forget_timers(connection, lane.repository_id)
        forget_questions(connection, lane.repository_id)
    stuck.note_stuck(connection, failed, now)


def _stored(considered: Considered, issues: Collection[int]) -> _Issues:
    lane, timers, questions = (
        considered.lane,
        considered.outlook.timers,
        considered.outlook.questions,
    )
    found: _Issues = dict.fromkeys(issues, _NOTHING)
    for issue in {each.issue_number for each in timers} | {each.issue_number for each in questions}:
        found[issue] = _Stored(
            lane.installation_id,
            lane.handling(issue).generation,
            tuple(each for each in timers if each.issue_number == issue),
            tuple(each for each in questions if each.issue_number == issue),
        )
    return found
