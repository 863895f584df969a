"""Asking Copilot to change its pull request."""

from collections.abc import Iterator

from aggregates.decisions import prompts
from aggregates.decisions.intention import Decision, Intention
from aggregates.decisions.waits import quieting, settling
from aggregates.workflow import Workflow, round_over
from aggregates.workflow.progress import (
    asked_about_checks,
    asked_about_reviews,
    reviews_token,
)


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
    if not round_over(workflow):
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
