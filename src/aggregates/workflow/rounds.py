"""How often Copilot was asked to go on with an issue, whatever for."""

from aggregates.lane.spending import STARTING
from aggregates.workflow.workflow import Workflow


def rounds_asked(workflow: Workflow) -> int:
    """Return how many requests to go on there were in the present mode, since it last began."""
    return sum(len(workflow.asked(kind)) for kind in STARTING if kind != "assign")
