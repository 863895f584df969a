"""The rules as they were asked of a workflow: which held, and by which facts others did not."""

from collections.abc import Iterator
from dataclasses import dataclass

from aggregates.stages.facts.rule_fact import RuleFact, Told
from aggregates.stages.placement import RULES
from aggregates.stages.rule import Condition, Rule
from aggregates.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSeen:
    """A fact as a rule met it; ``decides``: by it the rule held, or did not."""

    name: str
    value: str
    decides: bool
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAsked:
    """A rule, and whether it held; None: one above it did, so it was not asked.

    ``lacks`` says of one that did not hold which condition was not met.
    """

    rule: Rule
    held: bool | None
    lacks: str | None = None
    facts: tuple[FactSeen, ...] = ()


def rules_asked(workflow: Workflow) -> tuple[RuleAsked, ...]:
    """Return every rule in its order; the first that holds is where ``place`` puts the workflow."""
    return tuple(_asked(workflow))


def _asked(workflow: Workflow) -> Iterator[RuleAsked]:
    found = False
    for rule in RULES:
        if found:
            yield RuleAsked(rule=rule, held=None)
            continue
        lacks = rule.lacks(workflow)
        found = lacks is None
        facts = tuple(_facts(workflow, rule, lacks))
        yield RuleAsked(rule=rule, held=found, lacks=lacks.what if lacks else None, facts=facts)


def _facts(workflow: Workflow, rule: Rule, lacks: Condition | None) -> Iterator[FactSeen]:
    """Yield each fact once that was looked at, those of the condition that was not met last."""
    deciding = {*_of(rule.conditions)} if lacks is None else {*lacks.facts}
    looked_at = [*_of(_until(rule.conditions, lacks)), *(rule.besides if lacks is None else ())]
    for fact in dict.fromkeys(looked_at):
        yield _seen(workflow, fact, decides=fact in deciding)


def _until(conditions: tuple[Condition, ...], last: Condition | None) -> tuple[Condition, ...]:
    return conditions if last is None else conditions[: conditions.index(last) + 1]


def _of(conditions: tuple[Condition, ...]) -> Iterator[RuleFact]:
    return (fact for condition in conditions for fact in condition.facts)


def _seen(workflow: Workflow, fact: RuleFact, *, decides: bool) -> FactSeen:
    value, told = fact.value(workflow), fact.told(workflow)
    return FactSeen(name=fact.name, value=value, decides=decides, told=told)
