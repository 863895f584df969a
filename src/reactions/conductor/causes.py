"""What brought a decision about: the event that last changed its workflow, or what holds for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from aggregates.decisions import Decision, Survey
from aggregates.lane import Lane
from aggregates.surroundings import Surroundings
from events.catalogue import LanePaused, PolicyChanged, QueueReordered
from events.envelope import GITHUB, Event
from events.read import at
from projections.lanes.model import Subject
from projections.lanes.queries import last_change, subject_positions

_OF_THE_WHOLE_LANE = {LanePaused.type, QueueReordered.type, PolicyChanged.type}


def causes(
    connection: Connection,
    survey: Survey,
    around: Surroundings,
    decisions: Sequence[Decision],
    since: int,
) -> list[Event | None]:
    """Return the cause of each decision of a lane, where something changed behind a position.

    It is what changed the workflow last, a timer that fired included; what is said of the whole
    lane changes every workflow of it, and an issue that gives up its place lets the next one start.
    Where neither is new, it is what is around all lanes, or whatever changed the workflow before.
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
