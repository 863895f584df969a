"""What a workflow calls for by its stage: to mend, to address, out of draft, review, merge."""

from collections.abc import Iterator

from aggregates.decisions import prompts
from aggregates.decisions.agent_merge import (
    disable_agent_merge,
    enable_agent_merge,
    left_to_agent_merge,
)
from aggregates.decisions.budgeting import beyond_budget
from aggregates.decisions.conflicts import ask_to_resolve_conflicts
from aggregates.decisions.intention import (
    NO_PULL,
    NOT_OVER,
    Considered,
    Decision,
    Declined,
    Intention,
    Timer,
    of_agent,
)
from aggregates.decisions.reruns import rerun_failed_jobs, reruns_first
from aggregates.decisions.showing import hand_to_person, set_label
from aggregates.decisions.waits import quieting, settling
from aggregates.lane.ours import Asked
from aggregates.stages import Placement, Stage
from aggregates.workflow import Workflow, round_over
from aggregates.workflow.agent_merge import fixes_asked, mends_itself, switched_on
from aggregates.workflow.conflicts import is_being_asked
from aggregates.workflow.failures import awaits_failure
from aggregates.workflow.flaky import runs_again
from aggregates.workflow.progress import asked_about_reviews, reviews_token
from aggregates.workflow.reviews import of_copilot
from events.catalogue import ActionKind
from events.github import PullRequestSeen
from events.github.names import COPILOT_REVIEWER_ID, is_copilot_reviewer

_COPILOT = f"user:{COPILOT_REVIEWER_ID}"
_SETTLE, _READY_WHEN, _AUTOMATIC = "ci.settle_seconds", "ready.when", "merge.automatic"


def intentions(workflow: Workflow, placement: Placement) -> Iterator[Intention]:
    """Yield what should be done for a workflow at its stage."""
    for each in considered(workflow, placement):
        if isinstance(each, Intention):
            yield each


def considered(workflow: Workflow, placement: Placement) -> Iterator[Considered]:
    """Yield all that is thought of at a workflow's stage, what is not to be done with why."""
    yield set_label(workflow, placement)
    match placement.stage:
        case Stage.NEEDS_HUMAN:
            yield hand_to_person(workflow, placement)
            yield from given_back(workflow)
        case Stage.CHANGES_REQUESTED:
            yield ask_to_address_review(workflow)
        case Stage.CONFLICTED:
            yield from _agent_merge(workflow)
            yield ask_to_resolve_conflicts(workflow)
        case Stage.CI_FAILED:
            if workflow.circumstances.policy.ci.flaky == "rerun_once":
                yield rerun_failed_jobs(workflow)
            yield from _agent_merge(workflow)
            yield ask_to_fix_ci(workflow)
        case Stage.DRAFT:
            yield mark_ready(workflow)
        case Stage.READY_FOR_REVIEW | Stage.MERGE_READY:
            yield request_copilot_review(workflow)
            if placement.stage == Stage.MERGE_READY:
                yield merge(workflow)


def given_back(workflow: Workflow) -> Iterator[Considered]:
    """Yield what is taken back of what we did, where a person has the work."""
    if switched_on(workflow) is not None:
        yield disable_agent_merge(workflow)


def _agent_merge(workflow: Workflow) -> Iterator[Considered]:
    """Yield what is thought of Agent Merge, where that is anything."""
    match workflow.circumstances.policy.mend:
        case "agent_merge":
            yield enable_agent_merge(workflow)
        case "off":
            yield from given_back(workflow)


_ON_HEAD = "it was decided on this head already"


def ask_to_fix_ci(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Ask once for each head, when Copilot is done and the checks stand still."""
    kind: ActionKind = "ask_to_fix_ci"
    pull = workflow.open_pull
    times = fixes_asked(workflow)
    policy = workflow.circumstances.policy.ci
    if pull is None:
        return Declined(kind, NO_PULL)
    if asked := _on_head(workflow.asked(kind), pull):
        return Declined(kind, _ON_HEAD, asked=asked)
    if times >= policy.max_attempts and not mends_itself(workflow):
        why = _used_up(workflow, times, policy.max_attempts)
        return Declined(kind, why, ("ci.max_attempts",))
    if beyond := beyond_budget(workflow, kind):
        return beyond
    if not round_over(workflow):
        return Declined(kind, NOT_OVER)
    if workflow.checks.running:
        return Declined(kind, "other checks of the head are still running", ("ci.required",))
    if left := left_to_agent_merge(workflow, kind):
        return left
    if awaits_failure(workflow):
        return Declined(kind, "GitHub is being asked how they failed")
    if reruns_first(workflow) or runs_again(workflow):
        return Declined(kind, "the jobs that failed are run again first", ("ci.flaky",))
    attempt = f"attempt {times + 1} of {policy.max_attempts}"
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=pull.head_sha,
        reason=f"required checks failed on {pull.head_sha[:7]}; {attempt}",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"body": prompts.fix_ci(workflow, pull)} | of_agent(workflow.agent),
    )
    return Intention(decision, settling(workflow, pull), ("ci.max_attempts", _SETTLE))


def _used_up(workflow: Workflow, times: int, most: int) -> str:
    return f"{workflow.agent.title} was asked {times} times, and {most} are allowed"


def ask_to_address_review(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Ask once for all that was said, when Copilot is done and the reviewers are quiet."""
    kind: ActionKind = "ask_to_address_review"
    pull = workflow.open_pull
    asked = workflow.asked(kind)
    policy = workflow.circumstances.policy.review
    if pull is None:
        return Declined(kind, NO_PULL)
    if asked_about_reviews(workflow):
        if workflow.reviews.told:
            return Declined(kind, f"the reviewers told {workflow.agent.title} themselves")
        return Declined(kind, "it was decided about these reviews already", asked=asked[-1])
    if len(asked) >= policy.max_rounds:
        why = _used_up(workflow, len(asked), policy.max_rounds)
        return Declined(kind, why, ("review.max_rounds",))
    if beyond := beyond_budget(workflow, kind):
        return beyond
    if not round_over(workflow):
        return Declined(kind, NOT_OVER)
    if workflow.reviews.unsure:
        return Declined(kind, "GitHub is being asked whether the reviewers may write here")
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=reviews_token(workflow),
        reason=f"changes were requested; round {len(asked) + 1} of {policy.max_rounds}",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"body": prompts.address_review(workflow, pull)} | of_agent(workflow.agent),
    )
    by = ("review.max_rounds", "review.quiet_seconds")
    return Intention(decision, quieting(workflow), by)


def mark_ready(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Mark a draft ready once for each head, when Copilot is done and the policy's terms hold."""
    kind: ActionKind = "mark_ready"
    pull = workflow.open_pull
    when = workflow.circumstances.policy.ready.when
    if pull is None:
        return Declined(kind, NO_PULL)
    if when == "never":
        return Declined(kind, "a person marks drafts ready here", (_READY_WHEN,))
    if not round_over(workflow):
        return Declined(kind, NOT_OVER)
    if asked := _on_head(workflow.asked(kind), pull):
        return Declined(kind, _ON_HEAD, asked=asked)
    if when == "green" and not workflow.checks.green:
        return Declined(kind, "the checks are not green yet", (_READY_WHEN, "ci.required"))
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=pull.head_sha,
        reason=f"{workflow.agent.title} finished its round"
        + (" and the checks passed" if when == "green" else ""),
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
    )
    if when != "green":
        return Intention(decision, by=(_READY_WHEN,))
    return Intention(decision, settling(workflow, pull), (_READY_WHEN, _SETTLE))


def request_copilot_review(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Ask Copilot for a review of each head that is ready, within the policy's rounds."""
    kind: ActionKind = "request_copilot_review"
    pull = workflow.open_pull
    policy = workflow.circumstances.policy.review
    asked = workflow.asked(kind)
    if pull is None:
        return Declined(kind, NO_PULL)
    if not policy.copilot:
        return Declined(kind, "the policy wants no review of Copilot's", ("review.copilot",))
    if on_head := _on_head(asked, pull):
        return Declined(kind, _ON_HEAD, asked=on_head)
    if len(asked) > policy.max_rounds:
        why = f"it was asked {len(asked)} times, and {policy.max_rounds + 1} are allowed"
        return Declined(kind, why, ("review.max_rounds",))
    if not round_over(workflow):
        return Declined(kind, NOT_OVER)
    if _copilot_looks(workflow, pull):
        return Declined(kind, "Copilot is asked already, or has reviewed this head")
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=pull.head_sha,
        reason=f"the policy wants Copilot's review of {pull.head_sha[:7]}",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
    )
    return Intention(decision, settling(workflow, pull), ("review.copilot", _SETTLE))


def merge(workflow: Workflow) -> Considered:  # noqa: PLR0911 (a reason each)
    """Merge what is ready, where the policy says so; never on the word of no check at all.

    Where Copilot is to review it too, that comes first.
    """
    kind: ActionKind = "merge"
    pull = workflow.open_pull
    policy = workflow.circumstances.policy
    if pull is None:
        return Declined(kind, NO_PULL)
    if not policy.merge.automatic:
        return Declined(kind, "a person merges here", (_AUTOMATIC,))
    if not round_over(workflow):
        return Declined(kind, NOT_OVER)
    if workflow.probable:
        return Declined(kind, "nothing says that the pull request works on this issue")
    if len(workflow.reviews.sure) < policy.review.approvals:
        why = "GitHub is being asked whether those who approved may write here"
        return Declined(kind, why, ("review.approvals",))
    if is_being_asked(workflow):
        return Declined(kind, "GitHub is being asked whether it conflicts with its base")
    if not (workflow.checks.passed or policy.ci.required == ()):
        return Declined(kind, "no check has vouched for it", ("ci.required",))
    if _lacks_copilot_review(workflow, pull):
        return Declined(kind, "Copilot is to review it first", ("review.copilot",))
    if asked := _on_head(workflow.asked(kind), pull):
        return Declined(kind, _ON_HEAD, asked=asked)
    decision = Decision(
        kind=kind,
        issue_number=workflow.number,
        token=pull.head_sha,
        reason="the required checks passed, the approvals are there, and merging is automatic",
        pull_request_number=pull.number,
        head_sha=pull.head_sha,
        parameters={"method": policy.merge.method},
    )
    wait = settling(workflow, pull) or _hearing_copilot_out(workflow)
    by = (_AUTOMATIC, "merge.method", _SETTLE, "review.address_copilot")
    return Intention(decision, wait, by)


def _hearing_copilot_out(workflow: Workflow) -> Timer | None:
    """Return the wait for what Copilot suggests in a review, which is told apart from the review.

    Where that counts, what was merged meanwhile would be merged without it.
    """
    counts = workflow.circumstances.policy.review.address_copilot
    return quieting(workflow) if counts and of_copilot(workflow.pull) else None


def _on_head(asked: tuple[Asked, ...], pull: PullRequestSeen) -> Asked | None:
    """Return the newest of some actions that is about the present head."""
    of_head = (each for each in reversed(asked) if each.head_sha == pull.head_sha)
    return next(of_head, None)


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
