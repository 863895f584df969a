"""One issue's workflow: what is true of it now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from aggregates.lane import KnownIssue, KnownPullRequest, Lane
from aggregates.lane.ours import Asked, Handling
from aggregates.lane.subjects import UNKNOWN_PULL_REQUEST
from aggregates.policy import Policy
from aggregates.surroundings import Circumstances
from aggregates.workflow.checks import NO_CHECKS, CheckVerdict, verdict
from aggregates.workflow.reviews import NO_REVIEWS, ReviewVerdict, reviews_of
from events.catalogue import ActionKind
from events.github import AssignmentChanged, IssueSeen, PullRequestSeen
from events.github.names import COPILOT_AGENT_ID, label_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """An issue of a lane with its pull request, and what follows from their facts.

    ``known`` is all that is known of the issue, ``pull`` of the pull request of its present round;
    there is none while several are open: ``open_candidates`` says which. ``assigned``: to Copilot.
    ``queued``: open, and an operator or its labels say that it waits for its turn. ``issue`` and
    ``pull_request`` are these as they were last seen, ``open_pull`` is the latter if it is open,
    ``assignment`` how Copilot was last assigned to the issue or unassigned.
    """

    number: int
    known: KnownIssue
    handling: Handling
    circumstances: Circumstances
    lane: Lane
    pull: KnownPullRequest = UNKNOWN_PULL_REQUEST
    open_candidates: tuple[int, ...] = ()
    checks: CheckVerdict = NO_CHECKS
    reviews: ReviewVerdict = NO_REVIEWS
    assigned: bool = False
    queued: bool = False

    issue: IssueSeen | None = field(init=False)
    assignment: AssignmentChanged | None = field(init=False)
    pull_request: PullRequestSeen | None = field(init=False)
    open_pull: PullRequestSeen | None = field(init=False)

    def __post_init__(self) -> None:
        """Take out what every rule asks for."""
        fill = object.__setattr__
        fill(self, "issue", self.known.seen)
        fill(self, "assignment", self.known.assignment)
        fill(self, "pull_request", self.pull.seen)
        fill(self, "open_pull", self.pull.seen if self.open_candidates else None)

    @property
    def started(self) -> bool:
        """Whether there was a step that only work in progress has."""
        return self.assigned or bool(self.lane.linked(self.number)) or self.start_asked

    @property
    def start_asked(self) -> bool:
        """Whether Copilot was asked to start; what shadow mode only recorded asked nobody."""
        assigns = self.asked("assign")
        return any(each.mode == "live" and each.outcome != "failed" for each in assigns)

    def asked(self, kind: ActionKind) -> tuple[Asked, ...]:
        """Return the actions of a kind asked for in the present mode, less those called off."""
        return tuple(
            asked
            for asked in self.handling.asked
            if asked.kind == kind
            and asked.mode == self.circumstances.mode
            and asked.outcome != "cancelled"
        )


def workflow_of(lane: Lane, circumstances: Circumstances, number: int) -> Workflow | None:
    """Return the workflow of an issue, None if the issue is none of ours."""
    known, handling, policy = lane.issue(number), lane.handling(number), circumstances.policy
    issue = known.seen
    queued = is_queued(issue, handling, policy)
    assigned = issue is not None and COPILOT_AGENT_ID in issue.assignee_ids
    if not (queued or assigned or _was_ours(lane, policy, number)):
        return None
    linked = [each for each in map(lane.pull_request, lane.linked(number)) if each.seen is not None]
    pull = chosen_pull(known, linked)
    return Workflow(
        number=number,
        known=known,
        handling=handling,
        circumstances=circumstances,
        lane=lane,
        pull=pull,
        open_candidates=tuple(sorted(_seen(each).number for each in linked if _is_open(each))),
        checks=_checks(lane, policy, pull.seen),
        reviews=_reviews(policy, known, pull),
        assigned=assigned,
        queued=queued,
    )


def chosen_pull(issue: KnownIssue, linked: Iterable[KnownPullRequest]) -> KnownPullRequest:
    """Return the pull request of an issue's present round; an unknown one for none, or several.

    The one open one; else the newest merged one, unless the issue was reopened since; else the
    newest closed one, unless Copilot was assigned anew since.
    """
    every = list(linked)
    opened = [pull for pull in every if _is_open(pull)]
    if opened:
        return opened[0] if len(opened) == 1 else UNKNOWN_PULL_REQUEST
    merged = [p for p in every if _seen(p).merged and _since_reopened(issue, _seen(p))]
    if merged:
        return max(merged, key=lambda pull: (_merged_at(_seen(pull)), _seen(pull).number))
    return _newest_closed(issue, every)


def _was_ours(lane: Lane, policy: Policy, number: int) -> bool:
    """Say whether an issue once had to do with the queue, with Copilot or with an operator."""
    known = lane.issue(number)
    return (
        (known.seen is not None and is_labelled(known.seen, policy))
        or label_key(policy.queue.label) in known.labels
        or known.assignment is not None
        or bool(lane.linked(number))
        or number in lane.ours.handlings
    )


def _seen(pull: KnownPullRequest) -> PullRequestSeen:
    assert pull.seen is not None  # noqa: S101 (only those that were seen are linked)
    return pull.seen


def _is_open(pull: KnownPullRequest) -> bool:
    return pull.seen is not None and pull.seen.state == "open" and not pull.seen.merged


def _since_reopened(issue: KnownIssue, pull: PullRequestSeen) -> bool:
    return issue.reopened_at is None or _merged_at(pull) > issue.reopened_at


def _merged_at(pull: PullRequestSeen) -> datetime:
    return pull.merged_at or _closed_at(pull)


def _newest_closed(issue: KnownIssue, linked: Iterable[KnownPullRequest]) -> KnownPullRequest:
    closed = [pull for pull in linked if not _seen(pull).merged]
    if not closed:
        return UNKNOWN_PULL_REQUEST
    newest = max(closed, key=lambda pull: (_seen(pull).updated_at, _seen(pull).number))
    assigned = issue.assignment
    anew = assigned is not None and assigned.present and assigned.at > _closed_at(_seen(newest))
    return UNKNOWN_PULL_REQUEST if anew else newest


def _closed_at(pull: PullRequestSeen) -> datetime:
    return pull.closed_at or pull.updated_at


def _checks(lane: Lane, policy: Policy, pull: PullRequestSeen | None) -> CheckVerdict:
    if pull is None:
        return NO_CHECKS
    by_github = lane.requirements.get(pull.base_ref)
    asked = by_github.checks if by_github is not None else ()
    return verdict(lane.commit(pull.head_sha).checks, policy.ci.required, asked)


def _reviews(policy: Policy, issue: KnownIssue, pull: KnownPullRequest) -> ReviewVerdict:
    if pull.seen is None:
        return NO_REVIEWS
    assigned_by = issue.assignment.by_id if issue.assignment is not None else None
    return reviews_of(pull, assigned_by, policy.review.address_copilot)


def is_open(issue: IssueSeen | None) -> bool:
    """Say whether an issue is known, open, and still in this repository."""
    if issue is None or issue.deleted or issue.transferred:
        return False
    return issue.state == "open"


def is_queued(issue: IssueSeen | None, handling: Handling, policy: Policy) -> bool:
    """Say whether an open issue is queued: what an operator said counts before the labels."""
    if issue is None or not is_open(issue):
        return False
    if handling.enqueued is not None:
        return handling.enqueued
    return is_labelled(issue, policy)


def is_labelled(issue: IssueSeen, policy: Policy) -> bool:
    """Say whether an issue has the queue's label, or one of ours for the stages of waiting.

    Ours count as the queue's, or syncing them would unqueue.
    """
    return not queue_labels(policy).isdisjoint(map(label_key, issue.labels))


def queue_labels(policy: Policy) -> frozenset[str]:
    """Return the keys of the labels that queue an issue."""
    return _queue_labels(policy.queue.label, policy.labels.prefix)


@lru_cache(maxsize=512)
def _queue_labels(label: str, prefix: str) -> frozenset[str]:
    return frozenset(map(label_key, (label, f"{prefix}queued", f"{prefix}blocked")))
