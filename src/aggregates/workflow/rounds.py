"""How often Copilot was to go on with an issue, whatever for."""

from aggregates.workflow.agent_merge import fixes_asked, resolves_asked
from aggregates.workflow.workflow import Workflow


def rounds_asked(workflow: Workflow) -> int:
    """Return how often Copilot was to go on in the present mode, since it last began.

    By requests, and by heads that were left to Agent Merge.
    """
    reviews = len(workflow.asked("ask_to_address_review"))
    return fixes_asked(workflow) + resolves_asked(workflow) + reviews
