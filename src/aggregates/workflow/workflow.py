"""One issue's workflow: what is true of it now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aggregates.actions import TRAITS
from aggregates.lane import KnownIssue, KnownPullRequest, Lane
from aggregates.lane.ours import Asked, Handling
from aggregates.lane.subjects import UNKNOWN_PULL_REQUEST
from aggregates.policy import Policy
from aggregates.surroundings import Circumstances
from aggregates.workflow.agents import agent_at_work, wished_agent
from aggregates.workflow.checks import NO_CHECKS, CheckVerdict, verdict
from aggregates.workflow.epics import epic_of, is_epic, is_part_of_ours
from aggregates.workflow.queued import is_assigned, is_labelled, is_open, is_queued
from aggregates.workflow.recall import Recall
from aggregates.workflow.reviews import NO_REVIEWS, ReviewVerdict, reviews_of
from aggregates.workflow.trust import NOBODY, Trust, trust_of, voice_of
from events.catalogue import ActionKind
from events.github import AssignmentChanged, IssueSeen, PullRequestSeen
from events.github.agents import COPILOT, Agent, agent_named, has_agent
from events.github.names import label_key

_SEVERAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """An issue of a lane with its pull request, and what follows from their facts.

    ``known`` is all that is known of the issue, ``pull`` of the pull request of its present round;
    there is none while several are open: ``open_candidates`` says which. ``probable``: that pull
    request only fits, and nothing says that it works on the issue. ``beside`` are open pull
    requests of others that name it. ``leader`` is the issue with which the pull request is
    conducted, where it works on several: itself, or another one. ``assigned``: to Copilot.
    ``queued``: open, and an operator, its labels or its ``epic`` say that it waits for its turn.
    ``is_epic``: it is no work itself, its sub-issues are queued in its place. ``trust`` decides
    whose word counts, ``told_at`` is when somebody whose word does last told Copilot to
    work on the pull request. ``agent`` is the one that works on it, or is to; ``lacks_agent`` is
    what the policy calls one that is in no table: nobody is to then. ``issue`` and
    ``pull_request`` are these as they were last seen, ``open_pull`` is the latter if it is open and
    conducted with this issue, ``assignment`` how an agent was last assigned to it or unassigned.
    """

    number: int
    known: KnownIssue
    handling: Handling
    circumstances: Circumstances
    lane: Lane
    pull: KnownPullRequest = UNKNOWN_PULL_REQUEST
    open_candidates: tuple[int, ...] = ()
    probable: bool = False
    beside: tuple[int, ...] = ()
    leader: int | None = None
    shared: tuple[Asked, ...] = ()
    checks: CheckVerdict = NO_CHECKS
    reviews: ReviewVerdict = NO_REVIEWS
    trust: Trust = NOBODY
    told_at: datetime | None = None
    assigned: bool = False
    queued: bool = False
    agent: Agent = COPILOT
    lacks_agent: str | None = None
    epic: int | None = None
    is_epic: bool = False

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
        is_its_own = bool(self.open_candidates) and not self.is_led
        fill(self, "open_pull", self.pull.seen if is_its_own else None)

    @property
    def started(self) -> bool:
        """Whether there was a step that only work in progress has."""
        return self.assigned or bool(self.lane.linked(self.number)) or self.start_asked

    @property
    def start_asked(self) -> bool:
        """Whether Copilot was asked to start; what shadow mode only recorded asked nobody."""
        assigns = self.asked("assign")
        return any(each.mode == "live" and each.outcome != "failed" for each in assigns)

    @property
    def is_led(self) -> bool:
        """Whether its pull request is conducted with another issue."""
        return self.leader is not None and self.leader != self.number

    @property
    def unassigned_at(self) -> datetime | None:
        """When Copilot was taken off the issue, in whatever form that was told; None: it was not.

        A delivery may say so, or only a snapshot of the issue that does not list it any more: then
        it is when Copilot was last known to be on it, for nobody says when that ended.
        """
        if self.assigned or self.issue is None:
            return None
        if self.assignment is not None and not self.assignment.present:
            return self.assignment.at
        last = self.known.seen_assigned
        if self.assignment is not None:
            last = max(self.assignment.at, last or self.assignment.at)
        listed = has_agent(self.issue.assignee_ids)
        if last is None or listed or self.issue.uncertain or self.issue.updated_at < last:
            return None
        return last

    def asked(self, kind: ActionKind) -> tuple[Asked, ...]:
        """Return the actions of a kind asked for in the present mode, less those called off.

        Of the work on a pull request those, too, that were asked for with another of its issues.
        """
        every = self.handling.asked
        if self.shared and TRAITS[kind].of_a_pull_request:
            every = tuple(sorted((*every, *self.shared), key=lambda asked: asked.position))
        return tuple(
            asked
            for asked in every
            if asked.kind == kind
            and asked.mode == self.circumstances.mode
            and asked.outcome != "cancelled"
        )


def workflow_of(
    lane: Lane, circumstances: Circumstances, number: int, recall: Recall | None = None
) -> Workflow | None:
    """Return the workflow of an issue, None if the issue is none of ours.

    ``recall`` is what was found of it when it was looked at before.
    """
    recall = recall or Recall()
    known, handling, policy = lane.issue(number), lane.handling(number), circumstances.policy
    epic = epic_of(lane, policy, number)
    queued = epic is not None or is_queued(known.seen, handling, policy)
    assigned = is_assigned(known)
    if not (queued or assigned or _was_ours(lane, policy, number)):
        return None
    candidates = candidates_of(lane, policy, number)
    pull = chosen_pull(known, candidates.pulls)
    trust = trust_of(circumstances)
    leader = _leader(lane, pull.seen, number) if not candidates.probable else None
    at_work = agent_at_work(known, pull.seen, assigned=assigned)
    wished = wished_agent(known.seen, policy)
    return Workflow(
        number=number,
        known=known,
        handling=handling,
        circumstances=circumstances,
        lane=lane,
        pull=pull,
        open_candidates=tuple(
            sorted(_seen(each).number for each in candidates.pulls if _is_open(each))
        ),
        probable=candidates.probable,
        beside=_beside(lane, number),
        leader=leader,
        shared=_shared(lane, pull.seen, number),
        checks=_checks(lane, policy, pull.seen, recall),
        reviews=_reviews(policy, known, pull, trust, recall),
        trust=trust,
        told_at=recall.of(_told_at, pull, trust),
        assigned=assigned,
        queued=queued,
        agent=at_work or agent_named(wished) or COPILOT,
        lacks_agent=wished if at_work is None and agent_named(wished) is None else None,
        epic=epic,
        is_epic=is_epic(lane, policy, number),
    )


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pull requests that may be an issue's; ``probable``: they only fit."""

    pulls: tuple[KnownPullRequest, ...] = ()
    probable: bool = False


def candidates_of(lane: Lane, policy: Policy, number: int) -> Candidates:
    """Return the pull requests of which there is evidence; where there is none, those that fit.

    One that fits has the base that Copilot was given.
    """
    linked = lane.linked(number)
    if not linked:
        return Candidates()
    said = lane.handling(number).linked
    named = lane.ties.named.get(number, ())
    evident = [each for each in linked if each in named or said.get(each)]
    if evident:
        return Candidates(tuple(_pulls(lane, evident)))
    base = policy.copilot.base_branch
    if base is None and lane.repository is not None:
        base = lane.repository.default_branch
    fitting = [pull for pull in _pulls(lane, linked) if base in (None, _seen(pull).base_ref)]
    return Candidates(tuple(fitting), probable=bool(fitting))


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


def _leader(lane: Lane, pull: PullRequestSeen | None, number: int) -> int | None:
    """Return the issue with which an open pull request is conducted; None where there is only one.

    The one that Copilot was assigned to, the lowest of several; else the lowest that is open.
    """
    if pull is None or pull.state != "open":
        return None
    sharing = [n for n in _sharing(lane, pull) if is_open(lane.issue(n).seen)]
    if len(sharing) < _SEVERAL or number not in sharing:
        return None
    return next((n for n in sharing if is_assigned(lane.issue(n))), sharing[0])


def _sharing(lane: Lane, pull: PullRequestSeen) -> list[int]:
    """Return the issues that a pull request works on by evidence, sorted."""
    issues = lane.ties.issues.get(pull.number, ())
    return [n for n in issues if pull.number not in lane.ties.adopted.get(n, ())]


def _shared(lane: Lane, pull: PullRequestSeen | None, number: int) -> tuple[Asked, ...]:
    if pull is None or len(lane.ties.issues.get(pull.number, ())) < _SEVERAL:
        return ()
    others = (lane.handling(other) for other in _sharing(lane, pull) if other != number)
    return tuple(asked for handling in others for asked in handling.asked)


def _beside(lane: Lane, number: int) -> tuple[int, ...]:
    pulls = map(lane.pull_request, lane.ties.beside.get(number, ()))
    return tuple(_seen(pull).number for pull in pulls if _is_open(pull))


def _pulls(lane: Lane, numbers: Iterable[int]) -> Iterator[KnownPullRequest]:
    return (pull for pull in map(lane.pull_request, numbers) if pull.seen is not None)


def _told_at(pull: KnownPullRequest, trust: Trust) -> datetime | None:
    mentions = pull.mentions.values()
    return max((m.at for m in mentions if voice_of(m, pull, trust).counts), default=None)


def _was_ours(lane: Lane, policy: Policy, number: int) -> bool:
    """Say whether an issue once had to do with the queue, with Copilot or with an operator."""
    known = lane.issue(number)
    return (
        (known.seen is not None and is_labelled(known.seen, policy))
        or label_key(policy.queue.label) in known.labels
        or known.assignment is not None
        or bool(lane.linked(number))
        or number in lane.ours.handlings
        or is_part_of_ours(lane, policy, number)
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


def _checks(
    lane: Lane, policy: Policy, pull: PullRequestSeen | None, recall: Recall
) -> CheckVerdict:
    if pull is None:
        return NO_CHECKS
    by_github = lane.requirements.get(pull.base_ref)
    asked = by_github.checks if by_github is not None else ()
    return recall.of(verdict, lane.commit(pull.head_sha).checks, policy.ci.required, asked)


def _reviews(
    policy: Policy, issue: KnownIssue, pull: KnownPullRequest, trust: Trust, recall: Recall
) -> ReviewVerdict:
    if pull.seen is None:
        return NO_REVIEWS
    assigned_by = issue.assignment.by_id if issue.assignment is not None else None
    return recall.of(reviews_of, pull, assigned_by, trust, policy.review.address_copilot)
