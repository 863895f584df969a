"""Whether the open pull request conflicts with its base, by GitHub's answer.

GitHub computes that after each push to the head or the base, and no delivery tells of it: it is
asked as long as there is no answer of the present head that was asked for since the base moved.
"""

from zlib import crc32

from aggregates.workflow.agent_merge import mends_itself
from aggregates.workflow.workflow import Workflow
from events.github import MergeableSeen

_SHA = 64  # characters, as an action keeps of a head


def conflict_of(workflow: Workflow) -> MergeableSeen | None:
    """Return GitHub's answer that the present head conflicts; None: it does not say so.

    It stands until there is a newer one, also once the base moved on.
    """
    answer = _of_head(workflow)
    return answer if answer is not None and not answer.mergeable else None


def conflict_token(conflict: MergeableSeen) -> str:
    """Return what tells a conflict from others: the head, and the base as GitHub has it."""
    return f"{conflict.head_sha[:_SHA]}:{conflict.base_sha[:_SHA]}"


def asked_about_conflict(workflow: Workflow) -> bool:
    """Say whether Copilot was asked to resolve this very conflict, or does so by itself."""
    conflict = conflict_of(workflow)
    if conflict is None:
        return False
    if mends_itself(workflow):
        return True
    token = conflict_token(conflict)
    return any(asked.token == token for asked in workflow.asked("ask_to_resolve_conflicts"))


def is_being_asked(workflow: Workflow) -> bool:
    """Say whether GitHub is asked, and has not said yet, if the pull request conflicts."""
    if workflow.open_pull is None or not workflow.trust.has_app:
        return False
    answer, moved = _of_head(workflow), workflow.pull.heard_base
    return answer is None or (moved is not None and moved.is_news_to(answer))


def conflict_stamp(workflow: Workflow) -> int:
    """Return what differs where GitHub is to be asked at once: for another head, a moved base."""
    pull, moved = workflow.open_pull, workflow.pull.heard_base
    head, base = (pull.head_sha, pull.base_ref) if pull is not None else ("", "")
    about = f"{head} {base} {moved.position if moved is not None else 0}"
    return crc32(about.encode(errors="replace"))


def conflict_matters(workflow: Workflow) -> bool:
    """Say whether something waits for GitHub's word: a merge, or a request to resolve a conflict.

    That there is a conflict is asked once more where the base moved since GitHub said so.
    """
    found = conflict_of(workflow)
    return _is_to_be_merged(workflow) if found is None else not asked_about_conflict(workflow)


def _of_head(workflow: Workflow) -> MergeableSeen | None:
    """Return GitHub's answer about the present head and base branch, whenever it was asked."""
    pull, answer = workflow.open_pull, workflow.pull.mergeable
    if pull is None or answer is None:
        return None
    return answer if answer.is_of(pull.head_sha, pull.base_ref) else None


def _is_to_be_merged(workflow: Workflow) -> bool:
    """Say whether it would be merged now if it did not conflict."""
    pull, reviews, policy = workflow.open_pull, workflow.reviews, workflow.circumstances.policy
    if not policy.merge.automatic or pull is None or pull.draft is not False:
        return False
    approved = len(reviews.approved_by) >= policy.review.approvals
    return workflow.checks.green and approved and not reviews.open_requests
