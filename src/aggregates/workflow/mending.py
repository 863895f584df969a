"""What of a head is to be mended now, and whether GitHub is asked first if Agent Merge is on."""

from zlib import crc32

from aggregates.workflow.agent_merge import agent_merge_of, resolves_asked
from aggregates.workflow.conflicts import asked_about_conflict, conflict_of, is_being_asked
from aggregates.workflow.failures import failure_matters
from aggregates.workflow.progress import round_over
from aggregates.workflow.rounds import rounds_asked
from aggregates.workflow.workflow import Workflow
from events.github import Mends


def to_mend(workflow: Workflow) -> Mends | None:
    """Return what Copilot would be asked to mend now; None: nothing, it is too soon, or no more."""
    policy = workflow.circumstances.policy
    most = policy.budget.rounds_per_issue
    if policy.mend == "off" or workflow.circumstances.used_up:
        return None
    if most is not None and rounds_asked(workflow) >= most:
        return None
    if _is_conflict_to_be_mended(workflow):
        return "conflicts"
    return "checks" if failure_matters(workflow) else None


def awaits_agent_merge(workflow: Workflow) -> bool:
    """Say whether GitHub is asked if Agent Merge is on: as an acting user, since no App is told."""
    if not workflow.trust.has_app or workflow.circumstances.acting_user is None:
        return False
    if not workflow.agent.agent_merge:
        return False
    return to_mend(workflow) is not None and agent_merge_of(workflow) is None


def agent_merge_stamp(workflow: Workflow) -> int:
    """Return what differs where GitHub is to be asked at once: for another head, once resumed."""
    head = workflow.open_pull.head_sha if workflow.open_pull is not None else ""
    switched = [each.position for each in workflow.asked("disable_agent_merge")]
    about = f"{head} {workflow.handling.resumed} {switched[-1:]}"
    return crc32(about.encode(errors="replace"))


def _is_conflict_to_be_mended(workflow: Workflow) -> bool:
    if conflict_of(workflow) is None or workflow.reviews.to_address:
        return False
    if is_being_asked(workflow) or asked_about_conflict(workflow) or not round_over(workflow):
        return False
    most = workflow.circumstances.policy.conflicts.max_attempts
    return resolves_asked(workflow) < most
