"""The stage of a workflow: the ordered rules, and what they say to people."""

from aggregates.stages.placement import Placement, place
from aggregates.stages.reference import stage_reference
from aggregates.stages.rule import Explanation, Rule
from aggregates.stages.rules import RULES
from aggregates.stages.stage import FINISHED, Stage
from aggregates.stages.waits import Wait

__all__ = [
    "FINISHED",
    "RULES",
    "Explanation",
    "Placement",
    "Rule",
    "Stage",
    "Wait",
    "place",
    "stage_reference",
]
