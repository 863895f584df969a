"""One issue's way through a lane: what is true of it now, and the verdicts that follow."""

from aggregates.workflow.checks import CheckVerdict, verdict
from aggregates.workflow.dependencies import open_blockers
from aggregates.workflow.progress import progress_token, stalled, waits_for_copilot
from aggregates.workflow.reviews import ReviewVerdict, reviews_of
from aggregates.workflow.rounds import copilot_finished
from aggregates.workflow.workflow import Workflow, workflow_of

__all__ = [
    "CheckVerdict",
    "ReviewVerdict",
    "Workflow",
    "copilot_finished",
    "open_blockers",
    "progress_token",
    "reviews_of",
    "stalled",
    "verdict",
    "waits_for_copilot",
    "workflow_of",
]
