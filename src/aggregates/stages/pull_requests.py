"""Rules for an open pull request: what has to change, and what stands between it and its merge."""

from collections.abc import Iterator

from aggregates.stages.agent_merge import AGENT_MERGE, mending_told, mending_waits
from aggregates.stages.conflicts import CONFLICTED
from aggregates.stages.facts.copilot import ROUND
from aggregates.stages.facts.pull_requests import (
    APPROVALS,
    CHECKS,
    FAILED_CHECKS,
    OPEN_PULL,
    OPEN_REQUESTS,
    REVIEWS_AWAITED,
    TO_ADDRESS,
)
from aggregates.stages.facts.rule_fact import policy_fact
from aggregates.stages.rule import Rule, when
from aggregates.stages.stage import (
    Explanation,
    Stage,
    Wait,
    WaitKind,
    asked_of_github,
    head_of,
    listed,
    moment,
    reviewer,
)
from aggregates.workflow import Workflow, copilot_finished
from aggregates.workflow.failures import awaits_failure
from aggregates.workflow.flaky import runs_again
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews
from aggregates.workflow.questions import awaited_answers

_MOST_WAITS = 20  # for checks, each by name


def _is_open(workflow: Workflow) -> bool:
    return workflow.open_pull is not None


def _has_changes(workflow: Workflow) -> bool:
    return bool(workflow.reviews.to_address)


def _changes(workflow: Workflow) -> Explanation:
    who = (
        listed(reviewer(workflow, each) for each in workflow.reviews.reviewers_to_address)
        or "a reviewer"
    )
    told = "was told" if asked_about_reviews(workflow) else "is still to be told"
    return Explanation(
        f"changes were requested by {who}; {workflow.agent.title} {told}",
        (Wait("copilot", "to address the review"),),
    )


def _has_failed(workflow: Workflow) -> bool:
    return bool(workflow.checks.failed)


def _failed(workflow: Workflow) -> Explanation:
    head = head_of(workflow.open_pull) if workflow.open_pull else ""
    asked, names = asked_about_checks(workflow), workflow.checks.failed
    if runs_again(workflow):
        return Explanation(
            f"checks failed on {head}: {listed(names)}; what failed is run again once",
            tuple(_waits("check", names)),
        )
    told = mending_told(workflow, "to mend them", asked=asked)
    waits = mending_waits(workflow, "to mend the checks", asked=asked)
    asking = (Wait("github", "how they failed"),) if awaits_failure(workflow) else ()
    return Explanation(
        f"checks failed on {head}: {listed(names)}; {told}",
        (*asking, *waits, *_waits("check", names)),
    )


_OPEN = when("a pull request is open", _is_open, OPEN_PULL)

MENDING = (
    Rule(
        stage=Stage.CHANGES_REQUESTED,
        name="changes_requested",
        summary="a change request on the present head is open, or Copilot's review suggests "
        "something there and `review.address_copilot` is on",
        waits_for="Copilot",
        conditions=(_OPEN, when("changes are requested on its head", _has_changes, TO_ADDRESS)),
        explain=_changes,
    ),
    CONFLICTED,
    Rule(
        stage=Stage.CI_FAILED,
        name="ci_failed",
        summary="a required check of the head failed, whether it is a draft or not",
        waits_for="Copilot, or a person where nobody is asked; the failed checks",
        conditions=(_OPEN, when("checks failed on its head", _has_failed, FAILED_CHECKS)),
        explain=_failed,
        besides=(AGENT_MERGE, policy_fact("mend")),
    ),
)


def _is_ready(workflow: Workflow) -> bool:
    return workflow.open_pull is not None and workflow.open_pull.draft is False


def _is_green(workflow: Workflow) -> bool:
    return workflow.checks.green


def _is_approved(workflow: Workflow) -> bool:
    wanted = workflow.circumstances.policy.review.approvals
    return len(workflow.reviews.approved_by) >= wanted


def _is_unopposed(workflow: Workflow) -> bool:
    return not workflow.reviews.open_requests


def _merge_ready(workflow: Workflow) -> Explanation:
    if awaited := awaited_answers(workflow):
        asked = asked_of_github(awaited)
        return Explanation(
            f"it is ready by all that is known; GitHub is being asked {asked}",
            (Wait("github", asked),),
        )
    automatic = workflow.circumstances.policy.merge.automatic
    what = "it is merged automatically" if automatic else "a person merges"
    return Explanation(
        "the required checks passed, the approvals are there, and nothing else is asked for",
        (Wait("merge", what),),
    )


def _ready(workflow: Workflow) -> Explanation:
    return explained((*check_obstacles(workflow), *review_obstacles(workflow)))


def _draft(workflow: Workflow) -> Explanation:
    pull = workflow.open_pull
    checks = check_obstacles(workflow)
    if pull is not None and not copilot_finished(workflow):
        assignment = workflow.assignment
        starts = (assignment.at if assignment else None, workflow.told_at)
        since = max((at for at in starts if at is not None), default=None)
        told = f"{workflow.agent.title} is working on draft #{pull.number}"
        first = f"{told} since {moment(since)}" if since else told
        return explained((Explanation(first, (Wait("copilot", "to finish its round"),)), *checks))
    when = workflow.circumstances.policy.ready.when
    marking = _marking(workflow)
    return explained((*checks, marking) if when == "green" else (marking,))


def _marking(workflow: Workflow) -> Explanation:
    """Say who marks the draft ready: we do only in live mode."""
    held = workflow.circumstances
    by_us = held.mode == "live" and held.policy.ready.when != "never"
    wait = Wait("nobody", "it is marked ready") if by_us else Wait("person", "to mark it ready")
    told = f"{workflow.agent.title} finished its round, the draft is to be marked ready"
    return Explanation(told, (wait,))


_READY = when("a pull request is open that is no draft", _is_ready, OPEN_PULL)
MERGEABLE = (
    _READY,
    when("nothing is in the way in the checks", _is_green, CHECKS),
    when("approvals are reached", _is_approved, APPROVALS, policy_fact("review.approvals")),
    when("no request for changes is open", _is_unopposed, OPEN_REQUESTS),
)

REVIEWING = (
    Rule(
        stage=Stage.MERGE_READY,
        name="merge_ready",
        summary="no draft, required checks green, approvals reached, no open change request",
        waits_for="the merge",
        conditions=MERGEABLE,
        explain=_merge_ready,
    ),
    Rule(
        stage=Stage.READY_FOR_REVIEW,
        name="ready_for_review",
        summary="the pull request is open and no draft",
        waits_for="checks, reviewers, a person's approval of Actions",
        conditions=(_READY,),
        explain=_ready,
        besides=(CHECKS, APPROVALS, policy_fact("review.approvals"), REVIEWS_AWAITED),
    ),
    Rule(
        stage=Stage.DRAFT,
        name="draft",
        summary="the pull request is open",
        waits_for="Copilot, checks, a person's approval of Actions, being marked ready",
        conditions=(_OPEN,),
        explain=_draft,
        besides=(ROUND, CHECKS, policy_fact("ready.when")),
    ),
)


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
            _waits("approval_of_actions", names),
        )


def _unfinished(what: str, names: tuple[str, ...]) -> Iterator[Explanation]:
    if names:
        yield Explanation(f"{what}: {listed(names)}", _waits("check", names))


def _waits(kind: WaitKind, names: tuple[str, ...]) -> tuple[Wait, ...]:
    """Return a wait for each of the first names, and one for how many more there are."""
    more = len(names) - _MOST_WAITS
    shown = tuple(Wait(kind, name) for name in names[:_MOST_WAITS])
    return (*shown, Wait(kind, f"{more} more")) if more > 0 else shown


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
