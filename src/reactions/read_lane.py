"""A lane as a snapshot holds it: as this process just folded it, or as its rows say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from aggregates.lane import Folded, Lane, Subjects, assembled, tied, whole_of
from aggregates.stages import NOWHERE, Placed
from projections.lanes.fresh import FreshLane
from projections.lanes.packing import unpacked_head, with_subjects

_FEW = 20  # subjects or workflows that are looked at within a few milliseconds

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadLane:
    """A lane's own row, with those of its subjects, or of those that changed since it was known.

    ``fresh`` is the same lane as it was folded, if that is at hand; then no other rows are read.
    """

    head: Row
    rows: Sequence[Row] = ()
    fresh: FreshLane | None = None

    @property
    def placed(self) -> Mapping[int, Placed]:
        """Workflows of it that were placed when it was folded."""
        return NOWHERE if self.fresh is None else self.fresh.placed

    def whole(self) -> Lane:
        """Return the lane, of which all rows were read."""
        if self.fresh is not None:
            return self.fresh.lane
        return assembled(with_subjects(unpacked_head(self.head), self.rows))

    def gone_on(self, was: Lane) -> Folded:
        """Return the lane as it went on from where it was, and what that touched."""
        if self.fresh is None:
            return _read_on(was, self.head, self.rows)
        now, touched = self.fresh.lane, self.fresh.touched(was.position)
        everything = touched.everything or whole_of(now) != whole_of(was)
        return Folded(now, replace(touched, everything=everything))

    def is_much(self, was: Lane) -> bool:
        """Say whether it takes more than a few milliseconds to go on from where it was."""
        if self.head["position"] == was.position:
            return False
        if self.fresh is None:
            return len(self.rows) > _FEW or whole_of(unpacked_head(self.head)) != whole_of(was)
        touched = self.gone_on(was).touched
        return touched.everything or len(touched.workflows) > _FEW


def _read_on(was: Lane, head: Row, rows: Sequence[Row]) -> Folded:
    own = unpacked_head(head)
    now = replace(
        own,
        issues=was.issues,
        pull_requests=was.pull_requests,
        commits=was.commits,
        ours=replace(own.ours, handlings=was.ours.handlings),
        ties=was.ties,
        tally=was.tally,
    )
    now = with_subjects(now, rows)
    keys: dict[str, set[Any]] = {}
    for row in rows:
        keys.setdefault(row["kind"], set()).add(row["key"])
    subjects = Subjects(
        issues=frozenset(map(int, keys.get("issue", ()))),
        pull_requests=frozenset(map(int, keys.get("pull_request", ()))),
        commits=frozenset(keys.get("commit", ())),
    )
    return tied(was, now, subjects, frozenset(map(int, keys.get("handling", ()))))
