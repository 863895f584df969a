"""The fact of Copilot's session, as GitHub told of it."""

from aggregates.stages.facts.rule_fact import NONE, RuleFact, of_events
from aggregates.stages.stage import moment
from aggregates.workflow import Workflow
from aggregates.workflow.sessions import present_session
from events.catalogue import OwnEvent, ResyncObserved


def _session(workflow: Workflow) -> str:
    seen = present_session(workflow)
    if seen is None or seen.updated_at is None:
        return NONE
    return f"{seen.state.replace('_', ' ')} since {moment(seen.updated_at)}"


def _is_its(content: OwnEvent) -> bool:
    return isinstance(content, ResyncObserved) and content.kind == "session"


SESSION = RuleFact(
    name="Copilot's session of this round",
    value=_session,
    told=of_events((ResyncObserved.type, ResyncObserved.action), which=_is_its),
)
