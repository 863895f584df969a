"""What stands between an open pull request and its merge."""

from collections.abc import Iterator

from aggregates.stages.rule import Explanation
from aggregates.stages.texts import listed, reviewer
from aggregates.stages.waits import Wait
from aggregates.workflow import Workflow


def explained(parts: tuple[Explanation, ...]) -> Explanation:
    """Return several explanations as one."""
    waits = (wait for part in parts for wait in part.waits)
    return Explanation("; ".join(part.reason for part in parts), tuple(dict.fromkeys(waits)))


def check_obstacles(workflow: Workflow) -> tuple[Explanation, ...]:
    """Return what the checks still lack; failures have a stage of their own."""
    checks = workflow.checks
    return (
        *_awaiting(checks.awaiting_approval),
        *_unfinished("checks are running", checks.pending),
        *_unfinished("checks ended without a result", checks.inconclusive),
        *_unfinished("required checks were not seen yet", checks.missing),
    )


def _awaiting(names: tuple[str, ...]) -> Iterator[Explanation]:
    if names:
        yield Explanation(
            f"Actions are waiting for a person's approval: {listed(names)}",
            tuple(Wait("approval_of_actions", name) for name in names),
        )


def _unfinished(what: str, names: tuple[str, ...]) -> Iterator[Explanation]:
    if names:
        yield Explanation(f"{what}: {listed(names)}", tuple(Wait("check", each) for each in names))


def review_obstacles(workflow: Workflow) -> tuple[Explanation, ...]:
    """Return what the reviews still lack."""
    return (*_older_requests(workflow), *_awaited(workflow), *_approvals(workflow))


def _older_requests(workflow: Workflow) -> Iterator[Explanation]:
    reviews = workflow.reviews
    waiting = [number for number in reviews.open_requests if number not in reviews.to_address]
    known = workflow.pull.reviews
    authors = {known[number].author_id for number in waiting if number in known}
    who = [reviewer(workflow, author) for author in sorted(a for a in authors if a is not None)]
    if waiting:
        yield Explanation(
            f"a change request is open until it is looked at again: {listed(who) or 'a reviewer'}",
            tuple(Wait("reviewer", name) for name in who or ["the one who requested changes"]),
        )


def _awaited(workflow: Workflow) -> Iterator[Explanation]:
    who = [reviewer(workflow, each) for each in workflow.reviews.awaited]
    if who:
        yield Explanation(
            f"waiting for review by {listed(who)}", tuple(Wait("reviewer", name) for name in who)
        )


def _approvals(workflow: Workflow) -> Iterator[Explanation]:
    wanted = workflow.circumstances.policy.review.approvals
    got = len(workflow.reviews.approved_by)
    if got < wanted:
        waits = () if workflow.reviews.awaited else (Wait("person", "to approve it"),)
        yield Explanation(f"{got} of {wanted} approvals", waits)
