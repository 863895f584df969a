"""What follows from a step of a lane: the rows of workflows, and of what holds for the lane.

A lane that is remembered keeps what its pages last showed, so that a step looks at the lane as it
was only where nobody does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Table

from aggregates.actions import confirmed
from aggregates.lane import Lane, Touched
from aggregates.queue import queue_key
from aggregates.stages import FINISHED, Placed, place
from aggregates.surroundings import Circumstances, Surroundings, circumstances, same_circumstances
from aggregates.workflow import Recall, workflow_of
from events.envelope import Event
from projections.engine.projection import Key
from projections.lanes.around import around_versions, policy_version
from projections.lanes.model import (
    Subject,
    circumstances_row,
    circumstances_versions,
    confirmations,
    lane_circumstances,
)
from projections.lanes.packing import (
    StoredLane,
    every_subject,
    in_order,
    packed_head,
    packed_subject,
)
from projections.lanes.snapshots import Snapshots, lane_snapshots, packed_snapshot
from projections.workflows.document import document_of, words_of
from projections.workflows.model import WAITING, turns, versions, workflows

Columns: TypeAlias = dict[str, Any]
Rows: TypeAlias = Iterator[tuple[Table, Key, Columns | None]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What pages show of an issue: the columns of its workflow, None where it is none.

    ``confirmed`` are the actions that are known to be done.
    """

    page: Columns | None = None
    confirmed: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class RememberedLane:
    """A lane, and what its pages last showed of the issues that are not over.

    ``recalls`` have what else was found of these issues, ``changed`` are the subjects that changed
    behind the lane's last snapshot. ``held`` is what held when it was put,
    and around which.
    """

    stored: StoredLane
    shown: dict[int, Shown] = field(default_factory=dict)
    recalls: dict[int, Recall] = field(default_factory=dict)
    changed: set[Subject] = field(default_factory=set)
    held: tuple[Surroundings, Circumstances] | None = None
    _weight: int = 0

    def weigh(self) -> int:
        """Return by how much there is more of it to remember than when it was weighed last."""
        lane, before = self.stored.lane, self._weight
        known = len(lane.issues) + len(lane.pull_requests) + len(lane.commits)
        self._weight = 1 + known + len(self.shown)
        return self._weight - before

    def circumstances(self, lane: Lane, around: Surroundings) -> Circumstances:
        """Return what held for a lane as it was around it."""
        held = self.held
        if held is not None and lane is self.stored.lane and around is held[0]:
            return held[1]
        return circumstances(lane, around)

    def show(self, shown: Mapping[int, Shown]) -> None:
        """Remember what pages show of issues, save of those of which little more is to come."""
        for number, each in shown.items():
            if each.page is None or each.page["stage"] in FINISHED:
                self.shown.pop(number, None)
                self.recalls.pop(number, None)
            else:
                self.shown[number] = each


@dataclass(frozen=True, slots=True)
class Step:
    """What one event did to a lane or to what is around it; ``was`` is None for a new lane."""

    was: Lane | None
    now: Lane
    around_before: Surroundings
    around_after: Surroundings
    touched: Touched
    event: Event


@dataclass(slots=True)
class Following:
    """The rows that follow from a step: whether a command applied, what holds, the workflows.

    Of each workflow as it is, and one more version of it. ``shown`` is what pages show from then
    on of the issues that were looked at, ``known`` what is remembered of the lane until then.
    """

    step: Step
    known: RememberedLane
    shown: dict[int, Shown] = field(default_factory=dict)
    placed: dict[int, Placed] = field(default_factory=dict)  # the workflows that there are
    _before: Lane = field(init=False)
    _held: Circumstances = field(init=False)
    holds: Circumstances = field(init=False)

    def __post_init__(self) -> None:
        """See what held for the lane before and after."""
        step = self.step
        self._before = step.was or Lane(repository_id=step.now.repository_id)
        self._held = self.known.circumstances(self._before, step.around_before)
        same = step.around_before is step.around_after and same_circumstances(
            self._before, step.now
        )
        self.holds = self._held if same else circumstances(step.now, step.around_after)

    def of_lane(self) -> Rows:
        """Yield the row of what holds for the lane, if that changed."""
        step, before, was, now = self.step, self._before, self._held, self.holds
        same = (
            step.was is not None
            and was is now
            and before.installation_id == step.now.installation_id
            and before.ours.policy is step.now.ours.policy  # whose problems are no circumstance
        )
        if not same:
            row = circumstances_row(step.now, now)
            if step.was is None or circumstances_row(before, was) != row:
                key = (step.now.repository_id,)
                held = {"repository_id": key[0], **row}
                yield lane_circumstances, key, held
                position = step.event.position
                yield circumstances_versions, (*key, position), {**held, "position": position}
        yield from self._policy()

    def _policy(self) -> Rows:
        """Yield the repository's own layer of the policy, if it changed."""
        now, position = self.step.now, self.step.event.position
        if self._before.ours.policy is not now.ours.policy:
            yield around_versions, *policy_version(now.repository_id, position, now.ours.policy)

    def issues(self) -> list[int]:
        """Return the issues to look at, sorted; what the lane forgot keeps its last page."""
        lane, touched = self.step.now, self.step.touched
        changed = self._held is not self.holds and self._held != self.holds
        if changed or touched.everything:
            return sorted(lane.numbers)
        handled = lane.ours.handlings
        return sorted(
            n for n in touched.workflows if lane.issue(n).seen is not None or n in handled
        )

    def of_issue(self, number: int) -> Rows:
        """Yield the rows of one issue that changed; None: there is none any more."""
        recall = self.known.recalls.setdefault(number, Recall())
        old = self.known.shown.get(number)
        if old is None:
            old = shown(placed(self._before, self._held, number, recall), recall)
        found = placed(self.step.now, self.holds, number, recall)
        if found is not None:
            self.placed[number] = found
        new = self.shown[number] = shown(found, recall)
        yield from self._changes(number, old, new)

    def _changes(self, number: int, old: Shown, new: Shown) -> Rows:
        event, lane = self.step.event, self.step.now
        for action_id in sorted(new.confirmed - old.confirmed):
            done = {"action_id": action_id, "position": event.position, "at": event.recorded_at}
            yield confirmations, (action_id,), done
        if old.page == new.page:
            return
        key = (lane.repository_id, number)
        same = {
            "repository_id": key[0],
            "issue_number": key[1],
            "installation_id": lane.installation_id,
            "position": event.position,
        }
        yield workflows, key, None if new.page is None else {**same, **new.page}
        yield versions, (*key, event.position), {**same, **self._version(old.page, new.page)}
        if (turn := _turn(new.page)) != _turn(old.page):
            place = {name: same[name] for name in ("repository_id", "issue_number", "position")}
            yield turns, (*key, event.position), {**place, **turn}

    def _version(self, old: Columns | None, new: Columns | None) -> Columns:
        stage = new and new["stage"]
        return {
            "recorded_at": self.step.event.recorded_at,
            "stage": stage,
            "entered": stage != (old and old["stage"]),
            "document": new["document"] if new else {},
        }


def _turn(page: Columns | None) -> Columns:
    if page is None:
        return {"stage": None, "started": False, "queue_key": None}
    return {name: page[name] for name in ("stage", "started", "queue_key")}


def placed(lane: Lane, around: Circumstances, number: int, recall: Recall) -> Placed | None:
    """Return the workflow of an issue, if there is one, and where it stands."""
    workflow = workflow_of(lane, around, number, recall)
    return None if workflow is None else Placed(workflow, place(workflow))


def shown(found: Placed | None, recall: Recall) -> Shown:
    """Return what pages show of a workflow."""
    if found is None:
        return Shown()
    workflow, placement = found
    document = document_of(workflow, placement, recall)
    page = {
        "stage": str(placement.stage),
        "attention": document["attention"],
        "words": words_of(document),
        "started": workflow.started,
        "queue_key": queue_key(workflow) if placement.stage in WAITING else None,
        "document": document,
    }
    return Shown(page, frozenset([asked.id for asked in confirmed(workflow)]))


def snapshot_after(
    step: Step, known: RememberedLane, touched: Iterable[Subject]
) -> tuple[Snapshots, list[tuple[Table, Key, Columns | None]]]:
    """Return how a lane stands to its snapshots after a step, and the row of one if it was due."""
    before, lane, position = known.stored.snapshots, step.now, step.event.position
    if lane is step.was:
        return before, []
    if not before.are_due:
        return before.changed(), []
    alive = None
    if before.begin_anew:
        subjects = every_subject(lane)
    else:
        subjects = in_order(known.changed.union(touched))
        if step.touched.trimmed or known.stored.trimmed > before.position:
            alive = [(kind, str(key)) for kind, key in every_subject(lane)]
    rows = (packed_subject(lane, each, position) for each in subjects)
    states = ((row["kind"], row["key"], row["state"]) for row in rows if row is not None)
    state = packed_snapshot(packed_head(lane), states, alive)
    key = (lane.repository_id, position)
    row = {
        "repository_id": key[0],
        "position": position,
        "installation_id": lane.installation_id,
        "whole": before.begin_anew,
        "state": state,
    }
    return before.made(position, len(state)), [(lane_snapshots, key, row)]
