"""One issue's workflow: what is true of it now."""

from dataclasses import dataclass, replace

from aggregates.circumstances import Circumstances
from aggregates.lane.conduct import Asked, Handling
from aggregates.lane.lane import Lane
from aggregates.policy.model import Policy
from aggregates.workflow.candidates import chosen_pull, open_pulls
from aggregates.workflow.checks import NO_CHECKS, CheckVerdict, verdict
from aggregates.workflow.queued import is_labelled, is_queued
from aggregates.workflow.reviews import NO_REVIEWS, ReviewVerdict, reviews_of
from aggregates.workflow.standing import standing_requests
from events.catalogue import ActionKind
from events.github import IssueSeen, PullRequestSeen
from events.github.copilot import COPILOT_AGENT_ID
from events.github.labels import label_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """An issue of a lane with its pull request, and what follows from their facts.

    ``assigned``: to Copilot. ``started``: there was a step that only work in progress has.
    ``pull_request`` is None while several are open: ``open_candidates`` says which.
    """

    number: int
    issue: IssueSeen | None
    handling: Handling
    circumstances: Circumstances
    lane: Lane
    pull_request: PullRequestSeen | None = None
    open_candidates: tuple[int, ...] = ()
    checks: CheckVerdict = NO_CHECKS
    reviews: ReviewVerdict = NO_REVIEWS
    assigned: bool = False
    started: bool = False
    queued: bool = False

    @property
    def open_pull(self) -> PullRequestSeen | None:
        """The pull request, if it is open."""
        return self.pull_request if self.open_candidates else None

    def asked(self, kind: ActionKind) -> tuple[Asked, ...]:
        """Return the actions of a kind asked for in the present mode, less those called off."""
        return tuple(
            asked
            for asked in self.handling.asked
            if asked.kind == kind
            and asked.mode == self.circumstances.mode
            and asked.outcome != "cancelled"
        )

    @property
    def start_asked(self) -> bool:
        """Whether Copilot was asked to start; what shadow mode only recorded asked nobody."""
        assigns = self.asked("assign")
        return any(each.mode == "live" and each.outcome != "failed" for each in assigns)


def workflow_of(lane: Lane, circumstances: Circumstances, number: int) -> Workflow | None:
    """Return the workflow of an issue, None if the issue is none of ours."""
    issue = lane.seen.issues.get(number)
    policy = circumstances.policy
    queued = is_queued(issue, lane.handling(number), policy)
    assigned = issue is not None and COPILOT_AGENT_ID in issue.assignee_ids
    if not (queued or assigned or _was_ours(lane, policy, number)):
        return None
    pull = chosen_pull(lane, number)
    bare = Workflow(
        number=number,
        issue=issue,
        handling=lane.handling(number),
        circumstances=circumstances,
        lane=lane,
        pull_request=pull,
        open_candidates=open_pulls(lane, number),
        checks=_checks(lane, policy, pull),
        reviews=_reviews(lane, policy, number, pull),
        assigned=assigned,
        queued=queued,
    )
    return replace(bare, started=_started(bare))


def _was_ours(lane: Lane, policy: Policy, number: int) -> bool:
    """Say whether an issue once had to do with the queue, with Copilot or with an operator."""
    issue = lane.seen.issues.get(number)
    return (
        (issue is not None and is_labelled(issue, policy))
        or label_key(policy.queue.label) in lane.seen.labels.get(number, {})
        or number in lane.seen.assignments
        or bool(lane.links.get(number))
        or number in lane.conduct.handlings
    )


def _checks(lane: Lane, policy: Policy, pull: PullRequestSeen | None) -> CheckVerdict:
    if pull is None:
        return NO_CHECKS
    return verdict(lane.seen.commits.get(pull.head_sha, {}), policy.ci.required)


def _reviews(
    lane: Lane, policy: Policy, number: int, pull: PullRequestSeen | None
) -> ReviewVerdict:
    if pull is None:
        return NO_REVIEWS
    assignment = lane.seen.assignments.get(number)
    return reviews_of(
        lane.seen.reviews.get(pull.number, {}),
        standing_requests(lane.seen.requests.get(pull.number, {}), pull),
        pull.head_sha,
        assignment.by_id if assignment is not None else None,
        policy.review.address_copilot,
    )


def _started(workflow: Workflow) -> bool:
    linked = bool(workflow.lane.links.get(workflow.number))
    return workflow.assigned or linked or workflow.start_asked
