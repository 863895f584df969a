"""What a workflow calls for by its stage: to mend, to address, out of draft, review, merge."""

from collections.abc import Iterator

from aggregates.decisions import prompts
from aggregates.decisions.intention import Decision, Intention
from aggregates.decisions.showing import hand_to_person, set_label
from aggregates.decisions.waits import quieting, settling
from aggregates.stages import Placement, Stage
from aggregates.workflow import Workflow, round_over
from aggregates.workflow.progress import (
    asked_about_checks,
    asked_about_reviews,
    reviews_token,
)
from events.github import PullRequestSeen
from events.github.names import COPILOT_REVIEWER_ID, is_copilot_reviewer

_COPILOT = f"user:{COPILOT_REVIEWER_ID}"


def intentions(workflow: Workflow, placement: Placement) -> Iterator[Intention]:
    """Yield what should be done for a workflow at its stage."""
    yield from set_label(workflow, placement)
    match placement.stage:
        case Stage.NEEDS_HUMAN:
            yield from hand_to_person(workflow, placement)
        case Stage.CHANGES_REQUESTED:
            yield from ask_to_address_review(workflow)
        case Stage.CI_FAILED:
            yield from ask_to_fix_ci(workflow)
        case Stage.DRAFT:
            yield from mark_ready(workflow)
        case Stage.READY_FOR_REVIEW | Stage.MERGE_READY:
            yield from request_copilot_review(workflow)
            if placement.stage == Stage.MERGE_READY:
                yield from merge(workflow)


def ask_to_fix_ci(workflow: Workflow) -> Iterator[Intention]:
    """Ask once for each head, when Copilot is done and the checks stand still."""
    pull = workflow.open_pull
    asked = workflow.asked("ask_to_fix_ci")
    policy = workflow.circumstances.policy.ci
    if pull is None or asked_about_checks(workflow) or len(asked) >= policy.max_attempts:
        return
    if not round_over(workflow) or workflow.checks.running:
        return
    attempt = f"attempt {len(asked) + 1} of {policy.max_attempts}"
    decision = Decision(
        kind="ask_to_fix_ci",
        issue_number=workflow.number,
        token=pull.head_sha,
        reason=f"required checks failed on {pull.head_sha[:7]}; {attempt}",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"body": prompts.fix_ci(workflow, pull)},
    )
    yield Intention(decision, settling(workflow, pull))


def ask_to_address_review(workflow: Workflow) -> Iterator[Intention]:
    """Ask once for all that was said, when Copilot is done and the reviewers are quiet."""
    pull = workflow.open_pull
    asked = workflow.asked("ask_to_address_review")
    policy = workflow.circumstances.policy.review
    if pull is None or asked_about_reviews(workflow) or len(asked) >= policy.max_rounds:
        return
    if not round_over(workflow) or workflow.reviews.unsure:
        return
    decision = Decision(
        kind="ask_to_address_review",
        issue_number=workflow.number,
        token=reviews_token(workflow),
        reason=f"changes were requested; round {len(asked) + 1} of {policy.max_rounds}",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"body": prompts.address_review(workflow, pull)},
    )
    yield Intention(decision, quieting(workflow))


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
    if workflow.probable or len(workflow.reviews.sure) < policy.review.approvals:
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
