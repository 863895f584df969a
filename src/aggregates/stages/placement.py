"""Where a workflow stands, and why."""

from dataclasses import dataclass

from aggregates.stages.notes import notes
from aggregates.stages.rules import RULES
from aggregates.stages.stage import Stage
from aggregates.stages.waits import Wait
from aggregates.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A workflow's stage with the name of the rule that holds, its reason and its waits.

    ``notes`` say what holds besides and keeps us from acting.
    """

    stage: Stage
    rule: str
    reason: str
    waits: tuple[Wait, ...]
    notes: tuple[str, ...]


def place(workflow: Workflow) -> Placement:
    """Return where a workflow stands: by the first rule that holds, and the last always does."""
    rule = next(rule for rule in RULES if rule.applies(workflow))
    explanation = rule.explain(workflow)
    return Placement(
        stage=rule.stage,
        rule=rule.name,
        reason=explanation.reason,
        waits=explanation.waits,
        notes=notes(workflow),
    )
