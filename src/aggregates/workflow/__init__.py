"""One issue's way through a lane: what is true of it now, and the verdicts that follow."""

from aggregates.workflow.checks import CheckVerdict, verdict
from aggregates.workflow.progress import (
    assignment_token,
    copilot_finished,
    last_move,
    pending_assignment,
    progress_token,
    round_over,
    stalled,
    waits_for_copilot,
)
from aggregates.workflow.recall import Recall
from aggregates.workflow.reviews import ReviewVerdict, reviews_of
from aggregates.workflow.workflow import Workflow, workflow_of

__all__ = [
    "CheckVerdict",
    "Recall",
    "ReviewVerdict",
    "Workflow",
    "assignment_token",
    "copilot_finished",
    "last_move",
    "pending_assignment",
    "progress_token",
    "reviews_of",
    "round_over",
    "stalled",
    "verdict",
    "waits_for_copilot",
    "workflow_of",
]
