"""Rules by which a workflow is in a stage: conditions in their order, each with its facts."""

from collections.abc import Callable
from dataclasses import dataclass

from aggregates.stages.facts.rule_fact import RuleFact
from aggregates.stages.stage import Explanation, Stage
from aggregates.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must be so for a rule to hold, in words, and all facts by which it is met."""

    what: str
    is_met: Callable[[Workflow], bool]
    facts: tuple[RuleFact, ...]


def when(what: str, is_met: Callable[[Workflow], bool], *facts: RuleFact) -> Condition:
    """Return a condition; whether it is met hangs on nothing but what its facts are in words."""
    return Condition(what, is_met, facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a stage holds; ``summary`` and ``waits_for`` say in the documents when, and for what.

    It does if all ``conditions`` are met, which are asked in their order. ``besides`` are facts
    that its reason speaks of beside those.
    """

    stage: Stage
    name: str
    summary: str
    waits_for: str
    conditions: tuple[Condition, ...]
    explain: Callable[[Workflow], Explanation]
    besides: tuple[RuleFact, ...] = ()

    def lacks(self, workflow: Workflow) -> Condition | None:
        """Return the first condition that is not met; None: the rule holds."""
        for condition in self.conditions:
            if not condition.is_met(workflow):
                return condition
        return None
