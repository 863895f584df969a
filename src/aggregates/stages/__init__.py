"""The stage of a workflow: the ordered rules, and what they say to people."""

from aggregates.stages.placement import (
    NOWHERE,
    RULES,
    Placed,
    Placement,
    WorkflowAttention,
    attention_of,
    place,
)
from aggregates.stages.reference import stage_reference
from aggregates.stages.rule import Condition, Rule
from aggregates.stages.stage import FINISHED, Explanation, Stage, Wait

__all__ = [
    "FINISHED",
    "NOWHERE",
    "RULES",
    "Condition",
    "Explanation",
    "Placed",
    "Placement",
    "Rule",
    "Stage",
    "Wait",
    "WorkflowAttention",
    "attention_of",
    "place",
    "stage_reference",
]
