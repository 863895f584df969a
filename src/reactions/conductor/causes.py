"""What brought a decision about: since which event it is due, of those behind the last look."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import Connection

from aggregates.decisions import Decision, Survey, outlook, resurveyed, surveyed
from aggregates.lane import Lane, Touched, fold
from aggregates.surroundings import Surroundings
from events.catalogue import LanePaused, PolicyChanged, QueueReordered
from events.envelope import GITHUB, LEFT_OUT, Event
from events.read import at, few_of_lane
from events.reading import read_facts
from projections.lanes.as_of import lane_as_of
from projections.lanes.model import Subject
from projections.lanes.queries import last_change, subject_positions
from reactions.lanes import Reflected

_FEW = 20  # events of a lane, since the last look, behind each of which is decided anew

# What folding or looking at one lane may come to; pydantic's are ValueErrors.
_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_Key: TypeAlias = tuple[str, int, str, str | None]  # what tells a decision from others of a lane

_OF_THE_WHOLE_LANE = {LanePaused.type, QueueReordered.type, PolicyChanged.type}


def causes(
    connection: Connection,
    reflected: Reflected,
    around: Surroundings,
    decisions: Sequence[Decision],
    since: int,
) -> list[Event | None]:
    """Return the cause of each decision of a lane, where something changed behind a position.

    It is the event since which the decision is due, found by deciding anew behind each event that
    came. Where these are many, or what is around all lanes changed as well, it is the one that last
    changed what the workflow hangs on.
    """
    made = {} if around.position > since else _made_due(connection, reflected, around, since)
    left = [each for each in decisions if _key(each) not in made]
    others = iter(_last_changes(connection, reflected.survey, around, left, since) if left else ())
    return [made[_key(each)] if _key(each) in made else next(others) for each in decisions]


def _made_due(
    connection: Connection, reflected: Reflected, around: Surroundings, since: int
) -> dict[_Key, Event]:
    """Return since which event each decision is due that is due in the end."""
    lane = reflected.lane
    after = since if reflected.before is None else reflected.before.lane.position
    told = few_of_lane(connection, lane.repository_id, after, lane.position, _FEW + 1)
    if len(told) > _FEW or any(event.payload == LEFT_OUT for event in told):
        return {}
    try:
        before = reflected.before or surveyed(
            lane_as_of(connection, lane.repository_id, after), around
        )
        return _followed(before, around, told)
    except _FAULTS:  # of an event that lanes could not take in either
        return {}


def _followed(survey: Survey, around: Surroundings, told: Sequence[Event]) -> dict[_Key, Event]:
    due = dict.fromkeys(map(_key, outlook(survey, survey.looks).decisions))
    found: dict[_Key, Event] = {}
    for event in told:
        now, touched = _folded(survey.lane, event)
        if now is survey.lane:
            continue
        issues = now.numbers | touched.workflows if touched.everything else touched.workflows
        survey = resurveyed(survey, now, around, issues)
        by_now = dict.fromkeys(map(_key, outlook(survey, survey.looks).decisions))
        found = {key: found.get(key, event) for key in by_now if key in found or key not in due}
        due = by_now
    return found


def _folded(lane: Lane, event: Event) -> tuple[Lane, Touched]:
    folded = fold(lane, event, read_facts(event).facts)
    return folded.lane, folded.touched


def _key(decision: Decision) -> _Key:
    return decision.kind, decision.issue_number, decision.token, decision.head_sha


def _last_changes(
    connection: Connection,
    survey: Survey,
    around: Surroundings,
    decisions: Sequence[Decision],
    since: int,
) -> list[Event | None]:
    """Return what last changed the workflow of each decision, a timer that fired included.

    What is said of the whole lane changes every workflow of it, and an issue that gives up its
    place lets the next one start. Where neither is new, it is what is around all lanes, or whatever
    changed the workflow before.
    """
    changed = subject_positions(connection, survey.lane.repository_id, since)
    newest = at(connection, survey.lane.position)
    whole = newest.position if newest is not None and _is_of_all(newest, since) else 0
    freed = max(_freeing(survey, changed), default=0)
    found: dict[int, Event | None] = {}
    caused: list[Event | None] = []
    for each in decisions:
        subjects = [*_subjects(survey.lane, each.issue_number)]
        own = max((changed.get(subject, 0) for subject in subjects), default=0)
        position = max(own, whole, freed if each.kind == "assign" else 0)
        if not position and around.position > since:
            position = around.position
        position = position or last_change(connection, survey.lane.repository_id, subjects)
        if position not in found:
            found[position] = at(connection, position)
        caused.append(found[position])
    return caused


def _is_of_all(event: Event, since: int) -> bool:
    return event.position > since and event.source != GITHUB and event.type in _OF_THE_WHOLE_LANE


def _subjects(lane: Lane, number: int) -> Iterator[Subject]:
    """Yield what a workflow hangs on: its issue, that one's blockers, its pull requests' heads."""
    yield "issue", number
    yield "handling", number
    for each in lane.issue(number).dependencies.values():
        if each.blocking_repository_id == lane.repository_id:
            yield "issue", each.blocking_number
    for pull in lane.linked(number):
        yield "pull_request", pull
        seen = lane.pull_request(pull).seen
        if seen is not None:
            yield "commit", seen.head_sha


def _freeing(survey: Survey, changed: Mapping[Subject, int]) -> Iterator[int]:
    """Yield where issues changed that were at work and take no place any more."""
    lane = survey.lane
    for (kind, key), position in changed.items():
        for number in _issues_of(lane, kind, key):
            look = survey.looks.get(number)
            started = bool(lane.linked(number)) or lane.issue(number).assignment is not None
            if started and (look is None or not look.occupies):
                yield position


def _issues_of(lane: Lane, kind: str, key: int | str) -> Iterable[int]:
    if isinstance(key, str):
        return ()
    return lane.ties.issues.get(key, ()) if kind == "pull_request" else (key,)
