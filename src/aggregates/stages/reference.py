"""The reference of the stages: the first part of docs/stages.md, written from the rules."""

from collections.abc import Iterator

from aggregates.policy.leaves import leaves
from aggregates.stages.placement import RULES

_INTRODUCTION = """# Stages

A workflow's stage is computed anew from what is known, never stored by a transition. The rules are
asked in the order of the table, and the first that holds says the stage, the reason and what is
waited for. No rule reads a clock: a wait that was too long is an event of its own, and settle and
quiet periods delay decisions, never a stage.

This page is written from the code by `scripts/generate_stage_docs.py`.

"""
_TABLE = "## Rules\n\n| order | stage | rule | holds when | waits for |\n|---|---|---|---|---|\n"
_FACTS = """
## Facts

What the rules look at. `explain` and the page of a workflow say of each what it is and which event
told it, under every rule that was asked; what is set as code here is a key of the
[policy](policy.md). Beside the reason notes say what else holds: a pause, a mode in which nothing
is decided, a ceiling that is used up, nobody to act as, a pull request that only fits, others that
name the issue, reviews that do not count, what is uncertain, and a label that did not stay.

| fact | looked at by |
|---|---|
"""


def stage_reference() -> str:
    """Return the rules, their facts and their chart as docs/stages.md has them, as Markdown."""
    chart = "\n".join(_chart())
    tables = f"{_INTRODUCTION}{_TABLE}{''.join(_rows())}{_FACTS}{''.join(_facts())}"
    return f"{tables}\n## Chart\n\n```mermaid\n{chart}\n```\n"


def _rows() -> Iterator[str]:
    for order, rule in enumerate(RULES, 1):
        cells = (str(order), f"`{rule.stage}`", f"`{rule.name}`", rule.summary, rule.waits_for)
        yield f"| {' | '.join(cells)} |\n"


def _facts() -> Iterator[str]:
    """Yield each fact once, in the order in which rules come to ask for it."""
    asked: dict[str, dict[str, None]] = {}
    for rule in RULES:
        of_conditions = (fact for each in rule.conditions for fact in each.facts)
        for fact in (*of_conditions, *rule.besides):
            asked.setdefault(fact.name, {})[f"`{rule.name}`"] = None
    for name, rules in asked.items():
        shown = f"`{name}`" if name in leaves() else name
        yield f"| {shown} | {', '.join(rules)} |\n"


def _chart() -> Iterator[str]:
    """Draw each rule as a question; the last one always holds and needs none."""
    yield "flowchart TD"
    last = len(RULES)
    for order, rule in enumerate(RULES[:-1], 1):
        yield f'    r{order}{{"{rule.summary.replace("`", "")}?"}}'
        yield f'    r{order} -- yes --> s{order}["{rule.stage}"]'
        following = f"r{order + 1}" if order + 1 < last else f"s{last}"
        yield f"    r{order} -- no --> {following}"
    yield f'    s{last}["{RULES[-1].stage}"]'
