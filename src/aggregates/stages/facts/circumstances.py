"""Facts of what is around a workflow: the lane's pause and mode, and as whom we act."""

from aggregates.stages.facts.rule_fact import NONE, NOWHERE_TOLD, RuleFact, Told
from aggregates.workflow import Workflow


def _paused(workflow: Workflow) -> str:
    held = workflow.circumstances
    return f"{held.paused_where}: {held.paused.reason}" if held.paused is not None else "no"


PAUSED = RuleFact(
    name="paused",
    value=_paused,
    told=lambda w: (
        Told(position=w.circumstances.paused.position)
        if w.circumstances.paused is not None
        else NOWHERE_TOLD
    ),
)
MODE = RuleFact(
    name="mode", value=lambda w: w.circumstances.mode, told=lambda _: Told(policy="mode")
)
ACTING_USER = RuleFact(
    name="acting user",
    value=lambda w: w.circumstances.acting_user.login if w.circumstances.acting_user else NONE,
    told=lambda _: NOWHERE_TOLD,
)
