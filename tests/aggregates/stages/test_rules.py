"""The list of rules: in the order of the stages, total, and written down as it is."""

import re
from pathlib import Path

from hypothesis import given

from aggregates.decisions.reference import decision_reference
from aggregates.lane import Lane
from aggregates.stages import RULES, Stage, place, stage_reference
from aggregates.workflow import workflow_of
from events.catalogue import Mode
from tests.aggregates.builders import ISSUE, circumstances_with
from tests.aggregates.stages.drawn import lanes, modes

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "stages.md"


def test_rules_stand_in_the_order_of_the_stages_and_every_stage_has_one() -> None:
    stages = [rule.stage for rule in RULES]
    assert list(dict.fromkeys(stages)) == list(Stage)
    assert stages == sorted(stages, key=list(Stage).index)


def test_names_of_rules_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == stage_reference() + decision_reference()


def test_the_document_names_every_fact_that_a_rule_looks_at() -> None:
    told = DOCUMENT.read_text(encoding="utf-8").partition("## Facts")[2].partition("## Chart")[0]
    facts = {each for rule in RULES for when in rule.conditions for each in when.facts}
    facts |= {each for rule in RULES for each in rule.besides}
    assert {each.name for each in facts} == set(
        re.findall(r"^\| `?([^|`]+?)`? \| `", told, re.MULTILINE)
    )


@given(lanes(), modes)
def test_every_workflow_has_one_place_with_a_reason(lane: Lane, mode: Mode) -> None:
    held = circumstances_with(mode=mode)
    workflow, again = workflow_of(lane, held, ISSUE), workflow_of(lane, held, ISSUE)
    assert workflow is not None
    assert again is not None
    placement = place(workflow)
    assert placement.reason
    assert placement.waits
    assert placement == place(again)
