"""What is said of Agent Merge where something is to be mended, and the fact of it."""

from aggregates.stages.facts.rule_fact import RuleFact, of_events
from aggregates.stages.stage import Wait, times
from aggregates.workflow import Workflow
from aggregates.workflow.agent_merge import (
    agent_merge_of,
    enabling_of_head,
    heads_left,
    mends_itself,
)
from aggregates.workflow.mending import awaits_agent_merge
from events.catalogue import ActionKind, OwnEvent, ResyncObserved
from events.github import Mends


def _agent_merge(workflow: Workflow) -> str:
    answer = agent_merge_of(workflow)
    if mends_itself(workflow):
        by_us = enabling_of_head(workflow) is not None
        return "is switched on by us" if by_us else "is on"
    if answer is None:
        return "was not asked about this head"
    return "is off" if answer.supported else "is not known to GitHub here"


def _is_its(content: OwnEvent) -> bool:
    return isinstance(content, ResyncObserved) and content.kind == "agent_merge"


AGENT_MERGE = RuleFact(
    name="Agent Merge",
    value=_agent_merge,
    told=of_events((ResyncObserved.type, ResyncObserved.action), which=_is_its),
)


def attempts_told(workflow: Workflow, kind: ActionKind, mends: Mends, what: str) -> str:
    """Say what was had done to mend something: how often Copilot was asked, and was left to it."""
    asked, left = len(workflow.asked(kind)), len(heads_left(workflow, mends))
    told = [f"{workflow.agent.title} was asked {times(asked)} {what}"] if asked else []
    if left:
        told.append(f"{left} head{'s were' if left > 1 else ' was'} left to Agent Merge")
    return " and ".join(told) or f"the policy has nobody asked {what}"


def mending_told(workflow: Workflow, what: str, *, asked: bool) -> str:
    """Say who mends something: Copilot by itself or as it is asked, or a person."""
    if mends_itself(workflow):
        return f"Agent Merge is on, so that Copilot is {what} by itself"
    title = workflow.agent.title
    if asked:
        return f"{title} was asked {what}"
    if workflow.circumstances.policy.mend == "off":
        return f"a person is {what}, since the policy has nobody asked"
    return f"{title} is still to be asked {what}"


def mending_waits(workflow: Workflow, what: str, *, asked: bool) -> tuple[Wait, ...]:
    """Return who is waited for to mend something, and what GitHub is asked before."""
    by_person = workflow.circumstances.policy.mend == "off" and not asked
    wait = Wait("person" if by_person else "copilot", what)
    if not awaits_agent_merge(workflow):
        return (wait,)
    return (Wait("github", "whether Agent Merge is on"), wait)
