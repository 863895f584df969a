"""Lanes as they are stored: a row for each, one for each subject of it, one for what is around all.

So a live event writes what it is about, whatever else its lane knows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from aggregates.lane import (
    KnownCommit,
    KnownIssue,
    KnownPullRequest,
    Lane,
    Subjects,
    Touched,
    assembled,
)
from aggregates.lane.ours import Handling, Ours
from aggregates.surroundings import Circumstances, Surroundings
from aggregates.tenancy import Claim
from events.github import RepositorySeen, RequirementsSeen
from events.scalars import storable
from events.table import BIG_INTEGER, FROM_ZERO, GIVEN, table_of
from projections.lanes.commits import (
    CHECKS,
    changed_parts,
    joined,
    packed_commit,
    packed_part,
    unpacked_commit,
)
from projections.lanes.snapshots import NO_SNAPSHOTS, Snapshots

SubjectKind: TypeAlias = Literal["issue", "pull_request", "commit", "checks", "handling"]
Subject: TypeAlias = tuple[SubjectKind, int | str]  # a number, a SHA, or a part of its checks
Columns: TypeAlias = dict[str, Any]

AROUND = 1  # the id of the one row of what is around all lanes


class LaneRow(SQLModel, table=True):
    """A repository's lane, save its subjects; ``state`` is JSON.

    ``position`` is that of the last event that told something new, ``trimmed`` that of the last one
    that had subjects forgotten, so that whoever remembers a lane looks at all of it again.
    ``error`` says why the lane is not as what is around it, since an event could not be handed to
    it, and ``error_position`` which event that was.
    """

    __tablename__ = "lanes"
    __table_args__ = (Index("ix_lanes_position", "position"),)

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    position: int = Field(sa_type=BIG_INTEGER)
    trimmed: int = Field(default=0, sa_type=BIG_INTEGER)
    error: str | None = None
    error_position: int | None = Field(default=None, sa_type=BIG_INTEGER)
    state: str = Field(sa_type=Text)


class LaneSubjectRow(SQLModel, table=True):
    """What a lane knows of one issue, pull request or commit, or did for one issue, as JSON.

    ``key`` is a number or a SHA, ``position`` that of the last event that changed it. Of a commit
    with many checks these are in rows of their own, of kind ``checks``.
    """

    __tablename__ = "lane_subjects"
    __table_args__ = (Index("ix_lane_subjects_position", "repository_id", "position"),)

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    state: str = Field(sa_type=Text)


class SurroundingsRow(SQLModel, table=True):
    """What holds for an installation or for everything: one row, ``state`` is JSON."""

    __tablename__ = "surroundings"

    id: int = Field(primary_key=True, sa_column_kwargs=GIVEN)
    position: int = Field(sa_type=BIG_INTEGER)
    state: str = Field(sa_type=Text)


lanes = table_of(LaneRow)
subjects = table_of(LaneSubjectRow)
surroundings = table_of(SurroundingsRow)


@dataclass(frozen=True, slots=True)
class _Head:
    """What a lane's own row says of it."""

    repository: RepositorySeen | None = None
    claim: Claim | None = None
    moved: int = 0
    requirements: Mapping[str, RequirementsSeen] = field(default_factory=dict)
    access_changed: int = 0
    ours: Ours = field(default_factory=Ours)
    snapshots: Snapshots = NO_SNAPSHOTS


@dataclass(frozen=True, slots=True)
class StoredLane:
    """A lane with what its own row says besides: see there.

    ``changed`` are the subjects that changed behind its last snapshot, where its rows were read.
    """

    lane: Lane
    trimmed: int = 0
    error: str | None = None
    error_position: int | None = None
    snapshots: Snapshots = NO_SNAPSHOTS
    changed: frozenset[Subject] = frozenset()


_HEAD: TypeAdapter[_Head] = TypeAdapter(_Head)
_SURROUNDINGS: TypeAdapter[Surroundings] = TypeAdapter(Surroundings)
_SUBJECTS: Mapping[str, TypeAdapter[Any]] = {
    "issue": TypeAdapter(KnownIssue),
    "pull_request": TypeAdapter(KnownPullRequest),
    "handling": TypeAdapter(Handling),
}


def packed(stored: StoredLane) -> Columns:
    """Return a lane's own row; what has its default value is left out, here as elsewhere."""
    lane = stored.lane
    return {
        "repository_id": lane.repository_id,
        "installation_id": lane.installation_id,
        "position": lane.position,
        "trimmed": stored.trimmed,
        "error": stored.error,
        "error_position": stored.error_position,
        "state": packed_head(lane, stored.snapshots),
    }


def packed_head(lane: Lane, snapshots: Snapshots = NO_SNAPSHOTS) -> str:
    """Return what a lane's own row says of it, as JSON."""
    head = _Head(
        repository=lane.repository,
        claim=lane.claim,
        moved=lane.moved,
        requirements=lane.requirements,
        access_changed=lane.access_changed,
        ours=replace(lane.ours, handlings={}),
        snapshots=snapshots,
    )
    return _HEAD.dump_json(head, exclude_defaults=True).decode()


def touched_subjects(was: Lane | None, now: Lane, touched: Touched) -> Iterator[Subject]:
    """Yield what an event touched and has a row: what was done for issues, parts of checks, too."""
    yield from (("issue", number) for number in touched.subjects.issues)
    yield from (("pull_request", number) for number in touched.subjects.pull_requests)
    for sha in touched.subjects.commits:
        yield "commit", sha
        before, after = was.commits.get(sha) if was else None, now.commits.get(sha)
        yield from ((CHECKS, part) for part in changed_parts(sha, before, after))
    yield from (("handling", number) for number in touched.handlings)


def packed_subject(lane: Lane, subject: Subject, position: int) -> Columns | None:
    """Return the row of a subject that changed at a position; None: it is gone."""
    kind, key = subject
    state = _packed(lane, kind, key)
    if state is None:
        return None
    return {
        "repository_id": lane.repository_id,
        "kind": kind,
        "key": str(key),
        "position": position,
        "state": state,
    }


def unpacked(columns: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> StoredLane:
    """Return a lane as it was packed, from its own row and the rows of its subjects."""
    head, subjects = _HEAD.validate_json(columns["state"]), [*rows]
    since = head.snapshots.position
    return StoredLane(
        lane=assembled(with_subjects(_without_subjects(columns, head), subjects)),
        trimmed=columns["trimmed"],
        error=columns["error"],
        error_position=columns["error_position"],
        snapshots=head.snapshots,
        changed=frozenset(subject_of(row) for row in subjects if row["position"] > since),
    )


def subject_of(row: Mapping[str, Any]) -> Subject:
    """Return which subject a row is of."""
    kind, key = row["kind"], row["key"]
    return kind, key if kind in ("commit", CHECKS) else int(key)


def unpacked_head(columns: Mapping[str, Any]) -> Lane:
    """Return what a lane's own row says of it: a lane without subjects."""
    return _without_subjects(columns, _HEAD.validate_json(columns["state"]))


def _without_subjects(columns: Mapping[str, Any], head: _Head) -> Lane:
    return Lane(
        repository_id=columns["repository_id"],
        installation_id=columns["installation_id"],
        position=columns["position"],
        repository=head.repository,
        claim=head.claim,
        moved=head.moved,
        requirements=head.requirements,
        access_changed=head.access_changed,
        ours=head.ours,
    )


def with_subjects(lane: Lane, rows: Iterable[Mapping[str, Any]]) -> Lane:
    """Return a lane with some subjects as they are stored; what follows from them is as before."""
    known: dict[str, dict[int, Any]] = {kind: {} for kind in _SUBJECTS}
    own: dict[str, KnownCommit] = {}
    parts: dict[str, str] = {}
    for row in rows:
        kind, key, state = row["kind"], row["key"], row["state"]
        if kind == CHECKS:
            parts[key] = state
        elif kind == "commit":
            own[key] = unpacked_commit(state)
        else:
            known[kind][int(key)] = _SUBJECTS[kind].validate_json(state)
    commits = joined(own, parts, lane.commits) if parts else own
    return replace(
        lane,
        issues={**lane.issues, **known["issue"]},
        pull_requests={**lane.pull_requests, **known["pull_request"]},
        commits={**lane.commits, **commits},
        ours=replace(lane.ours, handlings={**lane.ours.handlings, **known["handling"]}),
    )


def every_subject(lane: Lane) -> list[Subject]:
    """Return all that has a row, sorted."""
    known = Subjects(frozenset(lane.issues), frozenset(lane.pull_requests), frozenset(lane.commits))
    everything = Touched(known, frozenset(lane.ours.handlings))
    return in_order(touched_subjects(None, lane, everything))


def in_order(some: Iterable[Subject]) -> list[Subject]:
    """Return subjects in an order of their own."""
    return sorted(some, key=lambda each: (each[0], str(each[1])))


def packed_surroundings(around: Surroundings, row_id: int = AROUND) -> Columns:
    """Return the row of what is around all lanes."""
    state = _SURROUNDINGS.dump_json(around, exclude_defaults=True).decode()
    return {"id": row_id, "position": around.position, "state": state}


def unpacked_surroundings(columns: Mapping[str, Any]) -> Surroundings:
    """Return what is around all lanes as it was packed."""
    return _SURROUNDINGS.validate_json(columns["state"])


def _packed(lane: Lane, kind: SubjectKind, key: int | str) -> str | None:
    """Return what is known of a subject as JSON; None: it is gone."""
    if kind == CHECKS:
        whole = lane.commits.get(str(key).partition("/")[0])
        return None if whole is None else packed_part(whole, str(key))
    known = _known(lane, kind).get(key)
    if known is None:
        return None
    if kind == "commit":
        return packed_commit(known)
    return _SUBJECTS[kind].dump_json(known, exclude_defaults=True).decode()


def _known(lane: Lane, kind: SubjectKind) -> Mapping[Any, Any]:
    match kind:
        case "issue":
            return lane.issues
        case "pull_request":
            return lane.pull_requests
        case "commit":
            return lane.commits
        case _:
            return lane.ours.handlings


class LaneCircumstances(SQLModel):
    """A lane's mode and where it comes from, its pause, and as whom we act in it.

    ``paused_where`` is None for a lane that nothing pauses, ``acting_user`` is a login.
    ``visible_from`` is the position before which it is hidden from who does not see everything: 0,
    or where it moved to another installation, unless its policy shows its history.
    """

    repository_id: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)
    installation_id: int | None = Field(default=None, sa_type=BIG_INTEGER)
    mode: str
    mode_origin: str
    paused_where: str | None = None
    paused_reason: str | None = None
    acting_user: str | None = None
    visible_from: int = Field(default=0, sa_type=BIG_INTEGER, sa_column_kwargs=FROM_ZERO)


class LaneCircumstancesRow(LaneCircumstances, table=True):
    """What holds for a lane now."""

    __tablename__ = "lane_pages"


class LaneCircumstancesVersionRow(LaneCircumstances, table=True):
    """What held for a lane from one event on."""

    __tablename__ = "lane_page_versions"

    position: int = Field(primary_key=True, sa_type=BIG_INTEGER, sa_column_kwargs=GIVEN)


lane_circumstances = table_of(LaneCircumstancesRow)
circumstances_versions = table_of(LaneCircumstancesVersionRow)


def circumstances_row(lane: Lane, around: Circumstances) -> dict[str, Any]:
    """Return the row of a lane in its circumstances, all columns but the key."""
    paused, acting = around.paused, around.acting_user
    return {
        "installation_id": lane.installation_id,
        "mode": around.mode,
        "mode_origin": around.mode_origin,
        "paused_where": around.paused_where,
        "paused_reason": storable(paused.reason) if paused else None,
        "acting_user": storable(acting.login) if acting else None,
        "visible_from": lane.moved if around.policy.history == "since_move" else 0,
    }


class ConfirmationRow(SQLModel, table=True):
    """An action, and the event after which it was known to be done."""

    __tablename__ = "confirmations"

    action_id: UUID = Field(primary_key=True)
    position: int = Field(sa_type=BIG_INTEGER)
    at: datetime


confirmations = table_of(ConfirmationRow)
