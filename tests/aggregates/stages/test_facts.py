"""The facts that a rule's conditions name are all that they look at."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane
from aggregates.policy import Policy
from aggregates.stages import RULES, place
from aggregates.stages.asking import rules_asked
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.watches import WATCHES, watch_token
from events.catalogue import Mode
from tests.aggregates.builders import ISSUE, a_workflow, circumstances_with
from tests.aggregates.stages.drawn import lanes, modes

_POLICIES = [
    Policy(),
    Policy.model_validate_json(
        '{"review": {"approvals": 2, "max_rounds": 0}, "ci": {"max_attempts": 0},'
        ' "conflicts": {"max_attempts": 0}, "merge": {"automatic": true},'
        ' "queue": {"dependencies": false, "epics": true}, "budget": {"rounds_per_issue": 1}}'
    ),
]
_SWITCHES = ("probable", "assigned", "queued", "is_epic")
_CONDITIONS = [condition for rule in RULES for condition in rule.conditions]


def mixed(one: Workflow, other: Workflow) -> Iterator[Workflow]:
    """Yield a workflow, and the same with each single thing as it is of another."""
    yield one
    names = [each.name for each in fields(Workflow) if each.init and each.name != "lane"]
    yield from (replace(one, **{name: getattr(other, name)}) for name in names)
    turned: list[dict[str, Any]] = [{name: not getattr(one, name)} for name in _SWITCHES]
    yield from (replace(one, **each) for each in turned)
    yield replace(one, leader=one.number + 1)
    for part in ("known", "handling", "pull"):
        of_one, of_other = getattr(one, part), getattr(other, part)
        for each in fields(of_one):
            value = getattr(of_other, each.name)
            yield replace(one, **{part: replace(of_one, **{each.name: value})})
    tokens = {kind: watch_token(one, kind) for kind in WATCHES}
    fired: dict[str, str] = {kind: token for kind, token in tokens.items() if token is not None}
    yield replace(one, handling=replace(one.handling, fired=fired))


_WORKFLOWS = st.builds(
    lambda lane, mode, policy, has_app: workflow_of(
        lane, circumstances_with(policy, mode=mode, has_app=has_app), ISSUE
    ),
    lanes(),
    modes,
    st.sampled_from(_POLICIES),
    st.booleans(),
)


@given(st.lists(_WORKFLOWS, min_size=2, max_size=2))
def test_whether_a_condition_is_met_hangs_on_the_facts_that_it_names_alone(
    drawn: list[Workflow],
) -> None:
    one, other = drawn
    met: dict[tuple[object, ...], bool] = {}
    for workflow, condition in product([*mixed(one, other), *mixed(other, one)], _CONDITIONS):
        said = (condition.what, *(fact.value(workflow) for fact in condition.facts))
        is_met = condition.is_met(workflow)
        assert met.setdefault(said, is_met) == is_met, said


@given(lanes(), modes)
def test_the_rules_are_asked_down_to_the_one_that_places_it(lane: Lane, mode: Mode) -> None:
    workflow = a_workflow(lane, mode=mode)
    asked = rules_asked(workflow)
    assert [each.rule for each in asked] == [*RULES]
    [held] = [each for each in asked if each.held]
    assert held.rule.name == place(workflow).rule
    above = asked[: asked.index(held)]
    assert all(each.held is False and each.lacks for each in above)
    assert all(any(fact.decides for fact in each.facts) for each in above)
    below = asked[len(above) + 1 :]
    assert all((each.held, each.facts) == (None, ()) for each in below)
