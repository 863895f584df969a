"""The reference of the stages, docs/stages.md, written from the rules."""

from collections.abc import Iterator

from aggregates.stages.placement import RULES

_INTRODUCTION = """# Stages

A workflow's stage is computed anew from what is known, never stored by a transition. The rules are
asked in the order of the table, and the first that holds says the stage, the reason and what is
waited for. No rule reads a clock: a wait that was too long is an event of its own, and settle and
quiet periods delay decisions, never a stage.

This page is written from the code by `scripts/generate_stage_docs.py`.

"""
_TABLE = "## Rules\n\n| order | stage | rule | holds when | waits for |\n|---|---|---|---|---|\n"


def stage_reference() -> str:
    """Return docs/stages.md as Markdown."""
    chart = "\n".join(_chart())
    return f"{_INTRODUCTION}{_TABLE}{''.join(_rows())}\n## Chart\n\n```mermaid\n{chart}\n```\n"


def _rows() -> Iterator[str]:
    for order, rule in enumerate(RULES, 1):
        cells = (str(order), f"`{rule.stage}`", f"`{rule.name}`", rule.summary, rule.waits_for)
        yield f"| {' | '.join(cells)} |\n"


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
