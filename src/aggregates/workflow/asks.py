"""What of ours is under way: an assignment that GitHub has not shown, a request not yet heard."""

from aggregates.lane.conduct import Asked
from aggregates.workflow.rounds import copilot_finished
from aggregates.workflow.workflow import Workflow


def assignment_token(workflow: Workflow) -> str:
    """Return what tells one assignment from the next: the time of the last one known, or ``0``."""
    assignment = workflow.lane.seen.assignments.get(workflow.number)
    return assignment.at.isoformat() if assignment else "0"


def pending_assignment(workflow: Workflow) -> Asked | None:
    """Return the assignment that was asked for and that GitHub has shown no sign of yet."""
    if workflow.assigned or workflow.open_candidates:
        return None
    token = assignment_token(workflow)
    asked = [
        each
        for each in workflow.asked("assign")
        if each.token == token and each.outcome != "failed"
    ]
    return asked[-1] if asked else None


def round_over(workflow: Workflow) -> bool:
    """Say whether Copilot is done with all that it was told about the pull request's head.

    What we asked for and nobody has heard of yet is still before it.
    """
    pull = workflow.open_pull
    if pull is None or not copilot_finished(workflow.lane.seen, pull, workflow.number):
        return False
    heard = workflow.lane.heard.get(f"reviews:{pull.number}")
    since = heard.position if heard else 0
    asked = (*workflow.asked("ask_to_fix_ci"), *workflow.asked("ask_to_address_review"))
    return not any(
        each.mode == "live"
        and each.outcome != "failed"
        and each.head_sha == pull.head_sha
        and each.position > since
        for each in asked
    )


def start_token(workflow: Workflow) -> str | None:
    """Return the no_pull_request timer's token while Copilot is to open a pull request.

    That is the assignment's time, or the request for one that GitHub took and does not show.
    """
    if workflow.pull_request is not None or workflow.open_candidates:
        return None
    asked = pending_assignment(workflow)
    if asked is not None:
        waits = asked.mode == "live" and asked.outcome == "succeeded"
        return f"asked:{asked.position}" if waits else None
    assignment = workflow.lane.seen.assignments.get(workflow.number)
    if not workflow.assigned or assignment is None or not assignment.present:
        return None
    return assignment.at.isoformat()
