"""Bringing a pull request on: out of draft, before a reviewer, into its branch."""

from collections.abc import Iterator

from aggregates.decisions.intention import Decision, Intention
from aggregates.decisions.waits import settling
from aggregates.workflow import Workflow, round_over
from events.github import PullRequestSeen
from events.github.copilot import COPILOT_REVIEWER_ID, is_copilot_reviewer

_COPILOT = f"user:{COPILOT_REVIEWER_ID}"


def mark_ready(workflow: Workflow) -> Iterator[Intention]:
    """Mark a draft ready once for each head, when Copilot is done and the policy's terms hold."""
    pull = workflow.open_pull
    when = workflow.circumstances.policy.ready.when
    if pull is None or when == "never" or not round_over(workflow):
        return
    if _asked_on_head(workflow, pull) or (when == "green" and not workflow.checks.green):
        return
    decision = Decision(
        kind="mark_ready",
        issue_number=workflow.number,
        token=pull.head_sha,
        reason="Copilot finished its round" + (" and the checks passed" if when == "green" else ""),
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
    )
    yield Intention(decision, settling(workflow, pull) if when == "green" else None)


def request_copilot_review(workflow: Workflow) -> Iterator[Intention]:
    """Ask Copilot for a review of each head that is ready, within the policy's rounds."""
    pull = workflow.open_pull
    policy = workflow.circumstances.policy.review
    asked = workflow.asked("request_copilot_review")
    if pull is None or not policy.copilot or len(asked) > policy.max_rounds:
        return
    on_head = any(each.head_sha == pull.head_sha for each in asked)
    if on_head or not round_over(workflow) or _copilot_looks(workflow, pull):
        return
    decision = Decision(
        kind="request_copilot_review",
        issue_number=workflow.number,
        token=pull.head_sha,
        reason=f"the policy wants Copilot's review of {pull.head_sha[:7]}",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
    )
    yield Intention(decision, settling(workflow, pull))


def merge(workflow: Workflow) -> Iterator[Intention]:
    """Merge what is ready, where the policy says so; never on the word of no check at all.

    Where Copilot is to review it too, that comes first.
    """
    pull = workflow.open_pull
    policy = workflow.circumstances.policy
    if pull is None or not policy.merge.automatic or not round_over(workflow):
        return
    vouched = workflow.checks.passed or policy.ci.required == ()
    if not vouched or _lacks_copilot_review(workflow, pull):
        return
    if any(each.head_sha == pull.head_sha for each in workflow.asked("merge")):
        return
    decision = Decision(
        kind="merge",
        issue_number=workflow.number,
        token=pull.head_sha,
        reason="the required checks passed, the approvals are there, and merging is automatic",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"method": policy.merge.method},
    )
    yield Intention(decision, settling(workflow, pull))


def _asked_on_head(workflow: Workflow, pull: PullRequestSeen) -> bool:
    return any(each.head_sha == pull.head_sha for each in workflow.asked("mark_ready"))


def _copilot_looks(workflow: Workflow, pull: PullRequestSeen) -> bool:
    """Say whether Copilot is asked for a review already, or gave one on this head.

    GitHub takes back no request that was answered.
    """
    return COPILOT_REVIEWER_ID in workflow.reviews.awaited or _copilot_looked(workflow, pull)


def _copilot_looked(workflow: Workflow, pull: PullRequestSeen) -> bool:
    given = workflow.pull.reviews.values()
    return any(is_copilot_reviewer(r.author_id) and r.commit_id == pull.head_sha for r in given)


def _lacks_copilot_review(workflow: Workflow, pull: PullRequestSeen) -> bool:
    """Say whether Copilot's review of this head is to come; in shadow mode none will."""
    policy, mode = workflow.circumstances.policy.review, workflow.circumstances.mode
    if not policy.copilot or _copilot_looked(workflow, pull):
        return False
    asked = workflow.asked("request_copilot_review")
    if COPILOT_REVIEWER_ID in workflow.reviews.awaited:
        return True
    if mode == "shadow":
        return False
    if any(each.head_sha == pull.head_sha for each in asked):
        request = workflow.pull.requests.get(_COPILOT)
        return request is None or request.present
    return len(asked) <= policy.max_rounds
