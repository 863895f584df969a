"""The stage of a workflow: the ordered rules, and what they say to people."""

from aggregates.stages.placement import RULES, Placement, place
from aggregates.stages.reference import stage_reference
from aggregates.stages.stage import FINISHED, Explanation, Rule, Stage, Wait

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
