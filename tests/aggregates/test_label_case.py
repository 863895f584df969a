"""GitHub takes labels that differ only in case for one, and so do we."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given

from aggregates.actions import confirmed
from aggregates.decisions import consider
from aggregates.lane import Lane
from aggregates.lane.ours import PolicyLayer
from aggregates.queue import queue_key
from aggregates.surroundings import circumstances
from aggregates.workflow import workflow_of
from events.envelope import NewEvent
from tests.aggregates.builders import a_lane, a_workflow, an_asked, an_issue_seen
from tests.aggregates.decisions.conductor import SCOPE
from tests.aggregates.lane.folds import folded, stages
from tests.worlds.examples import SOME
from tests.worlds.histories import worlds
from tests.worlds.world import World

POLICY = '{"mode":"live","queue":{"priority_labels":["bug"]}}'


@SOME
@given(world=worlds(max_operations=20))
def test_however_labels_are_written_everything_follows_alike(world: World) -> None:
    written = [otherwise_written(event) for event in world.deliveries]
    for repository in world.repositories:
        lane, other = (
            under_policy(folded(repository.id, history)) for history in (world.deliveries, written)
        )
        assert stages(other, SCOPE) == stages(lane, SCOPE)
        assert order(other) == order(lane)
        assert consider(other, SCOPE) == consider(lane, SCOPE)


def test_a_label_that_is_there_in_another_case_confirms_ours() -> None:
    asked = an_asked("set_label", token="status:queued:0", mode="live", outcome="succeeded")
    lane = a_lane(issue=an_issue_seen(labels=("Status:Queued",)))
    workflow = a_workflow(lane)
    handled = replace(workflow, handling=replace(workflow.handling, asked=(asked,)))
    assert confirmed(handled) == (asked,)


def under_policy(lane: Lane) -> Lane:
    conduct = replace(lane.ours, mode="live", policy=PolicyLayer(POLICY))
    return replace(lane, ours=conduct)


def order(lane: Lane) -> dict[int, str]:
    around = circumstances(lane, SCOPE)
    found = (workflow_of(lane, around, number) for number in lane.issues)
    return {each.number: queue_key(each) for each in found if each}


def otherwise_written(event: NewEvent) -> NewEvent:
    """The same delivery from a GitHub where somebody wrote the labels in the other case."""
    return replace(event, payload=json.dumps(_written(json.loads(event.payload))))


def _written(value: Any) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, list):
        return [_written(each) for each in value]
    if not isinstance(value, dict):
        return value
    if {"name", "color", "default"} <= value.keys():  # a label
        return value | {"name": value["name"].swapcase()}
    return {name: _written(each) for name, each in value.items()}
