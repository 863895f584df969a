"""What is stored of lanes that were considered: the waits and questions of their issues.

Most of what happens in a lane changes neither, or begins a wait anew that runs. What was stored
last is remembered, and waits that follow one another within a moment may be stored together, so
that not each event costs a transaction.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias

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


# What is new of a lane: nothing, waits that may be stored a moment later, or more than these.
News: TypeAlias = Literal["waits", "much"] | None


@dataclass(slots=True)
class Noted:
    """What this process stored last of lanes; to be forgotten where another may have been at it."""

    _lanes: dict[int, _Lane] = field(default_factory=dict)

    def learns(self, considered: Considered) -> News:
        """Take what is to be stored of a lane for stored, and say what is new in it.

        Only ``waits`` where what is stored is known, and differs in nothing else.
        """
        known = self._lanes.get(considered.lane.repository_id)
        issues = considered.issues
        now = _stored(considered, issues or ())
        if known is None or issues is None or considered.unsettled is not None:
            self._remember(considered, now)
            return "much"
        pairs = [(known.issues.get(issue, known.others), new) for issue, new in now.items()]
        if all(old == new for old, new in pairs):
            return None
        self._remember(considered, now)
        only_waits = all(old is not None and old.questions == new.questions for old, new in pairs)
        return "waits" if only_waits else "much"

    def _remember(self, considered: Considered, now: Mapping[int, _Stored]) -> None:
        number = considered.lane.repository_id
        if sum(len(lane.issues) for lane in self._lanes.values()) > _MOST:
            self._lanes.clear()
        if considered.issues is None:
            self._lanes[number] = _Lane({**now}, others=_NOTHING)
        else:
            self._lanes.setdefault(number, _Lane({})).issues.update(now)

    def forget_issue(self, repository_id: int, issue: int) -> None:
        """Forget what is stored of one issue of a lane."""
        if repository_id in self._lanes:
            self._lanes[repository_id].issues[issue] = None

    def forget(self, repository_ids: Iterable[int] | None = None) -> None:
        """Forget lanes, by default all."""
        for number in [*self._lanes] if repository_ids is None else repository_ids:
            self._lanes.pop(number, None)


@dataclass(slots=True)
class Unstored:
    """What was considered and is yet to be stored, by repository, and when it is at the latest.

    Whoever loses it finds it again, behind the checkpoint, which does not pass it by.
    """

    _lanes: dict[int, Considered] = field(default_factory=dict)
    _due: datetime | None = None

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self._lanes)

    def take(self, considered: Considered, by: datetime) -> None:
        """Take in what is to be stored by then, in the place of what is older of its issues."""
        number = considered.lane.repository_id
        self._lanes[number] = _over(self._lanes.get(number), considered)
        self._due = self.or_earlier(by)

    def is_due(self, now: datetime) -> bool:
        """Say whether it is to be stored by now."""
        return self._due is not None and self._due <= now

    def or_earlier(self, moment: datetime | None) -> datetime | None:
        """Return a moment, or when it is to be stored if that is before."""
        return min((each for each in (moment, self._due) if each is not None), default=None)

    def lanes(self) -> list[Considered]:
        """Return all of it."""
        return [*self._lanes.values()]

    def forget(self, repository_ids: Iterable[int] | None = None) -> None:
        """Forget lanes, by default all."""
        for number in [*self._lanes] if repository_ids is None else repository_ids:
            self._lanes.pop(number, None)
        if not self._lanes:
            self._due = None


def _over(older: Considered | None, newer: Considered) -> Considered:
    """Return what was considered of a lane, in the place of what is older of the same issues."""
    if older is None:
        return newer
    unsettled, issues = newer.unsettled or older.unsettled, newer.issues
    if issues is None:
        return replace(newer, unsettled=unsettled)
    before, now = older.outlook, newer.outlook
    timers = (*(each for each in before.timers if each.issue_number not in issues), *now.timers)
    kept = (each for each in before.questions if each.issue_number not in issues)
    return replace(
        newer,
        issues=None if older.issues is None else older.issues | issues,
        outlook=replace(now, timers=timers, questions=(*kept, *now.questions)),
        unsettled=unsettled,
    )


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


def _stored(considered: Considered, issues: Collection[int]) -> dict[int, _Stored]:
    lane, timers, questions = (
        considered.lane,
        considered.outlook.timers,
        considered.outlook.questions,
    )
    found = dict.fromkeys(issues, _NOTHING)
    for issue in {each.issue_number for each in timers} | {each.issue_number for each in questions}:
        found[issue] = _Stored(
            lane.installation_id,
            lane.handling(issue).generation,
            tuple(each for each in timers if each.issue_number == issue),
            tuple(each for each in questions if each.issue_number == issue),
        )
    return found
