"""Lanes packed into their rows, and unpacked from them.

What has its default value is left out, so that rows are small and stay readable when more is known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

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
from aggregates.surroundings import Surroundings
from aggregates.tenancy import Claim
from events.github import RepositorySeen, RequirementsSeen
from projections.lanes.commits import (
    CHECKS,
    changed_parts,
    joined,
    packed_commit,
    packed_part,
    unpacked_commit,
)
from projections.lanes.model import AROUND, Columns, Subject, SubjectKind
from projections.lanes.snapshots import NO_SNAPSHOTS, Snapshots


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
