"""Lanes built straight from what is known, and what they are made of."""

# ruff: noqa: ANN401 (builders take any field of what they build)

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aggregates.acting import ActingUser
from aggregates.lane import Heard, KnownCommit, Lane, assembled
from aggregates.lane.ours import Asked, Handling, Ours, Pause
from aggregates.lane.parts import COMPLETED, Check, CheckKind, Checks, in_parts
from aggregates.lane.subjects import (
    UNKNOWN_ISSUE,
    UNKNOWN_PULL_REQUEST,
    AgentMergeAnswer,
    Mention,
)
from aggregates.policy import Policy
from aggregates.surroundings import Circumstances
from aggregates.workflow import Workflow, workflow_of
from events.catalogue import ActionKind, Mode
from events.github import (
    ActorKind,
    AgentMergeSeen,
    AssignmentChanged,
    DependencyChanged,
    IssueSeen,
    LabelChanged,
    Mends,
    MergeableSeen,
    PullRequestSeen,
    ReviewCommentSeen,
    ReviewRequested,
    ReviewSeen,
    ReviewState,
    SubIssue,
    SubIssuesSeen,
)
from events.github.names import COPILOT_AGENT_ID, COPILOT_REVIEWER_ID

REPOSITORY, ISSUE, PULL, HEAD, BASE = 7, 1, 20, "a" * 40, "e" * 40
ASSIGNER, REVIEWER = 100, 200
_KINDS: dict[int, ActorKind] = {
    COPILOT_AGENT_ID: "copilot_agent",
    COPILOT_REVIEWER_ID: "copilot_reviewer",
}


def minute(count: float) -> datetime:
    return datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(minutes=count)


def an_issue_seen(number: int = ISSUE, **changes: Any) -> IssueSeen:
    """An open issue in the queue."""
    issue = IssueSeen(
        repository_id=REPOSITORY,
        id=1000 + number,
        number=number,
        title="Something",
        state="open",
        labels=("status:queued",),
        assignee_ids=(),
        updated_at=minute(0),
    )
    return replace(issue, **changes)


def an_assigned_issue(**changes: Any) -> IssueSeen:
    return an_issue_seen(**{"labels": (), "assignee_ids": (COPILOT_AGENT_ID,), **changes})


def a_pull_request_seen(number: int = PULL, **changes: Any) -> PullRequestSeen:
    """Copilot's open draft."""
    pull = PullRequestSeen(
        repository_id=REPOSITORY,
        id=2000 + number,
        number=number,
        title="Mend it",
        state="open",
        merged=False,
        head_sha=HEAD,
        head_ref="copilot/mend",
        base_ref="main",
        labels=(),
        assignee_ids=(),
        requested_reviewer_ids=(),
        requested_teams=(),
        updated_at=minute(2),
        author_id=COPILOT_AGENT_ID,
        created_at=minute(2),
        draft=True,
    )
    return replace(pull, **changes)


def a_check(
    name: str = "test",
    conclusion: str | None = "success",
    *,
    kind: CheckKind = "run",
    **changes: Any,
) -> Check:
    """A completed check; without a conclusion one that runs."""
    rank = 2 if conclusion is None else COMPLETED
    check = Check(kind=kind, name=name, id=1, rank=rank, conclusion=conclusion, at=minute(3))
    return replace(check, **changes)


def checks_of(*checks: Check) -> Checks:
    return in_parts({f"{n}:{check.kind}:{check.name}": check for n, check in enumerate(checks)})


def a_review_seen(
    state: ReviewState = "approved",
    *,
    id: int = 1,  # noqa: A002 (the field's name)
    author: int = REVIEWER,
    **changes: Any,
) -> ReviewSeen:
    review = ReviewSeen(
        repository_id=REPOSITORY,
        id=id,
        pull_request_number=PULL,
        state=state,
        author_id=author,
        author_kind=_KINDS.get(author, "person"),
        association="MEMBER",
        commit_id=HEAD,
        submitted_at=minute(10 + id),
    )
    return replace(review, **changes)


def a_suggestion(
    review: int = 1,
    *,
    id: int = 1,  # noqa: A002 (the field's name)
    at: float = 11,
    **changes: Any,
) -> ReviewCommentSeen:
    """A comment on the changes that came with a review of Copilot's."""
    comment = ReviewCommentSeen(
        repository_id=REPOSITORY,
        id=id,
        pull_request_number=PULL,
        review_id=review,
        commit_id=HEAD,
        created_at=minute(at),
        updated_at=minute(at),
        author_id=COPILOT_REVIEWER_ID,
        author_kind="copilot_reviewer",
    )
    return replace(comment, **changes)


def mentioned(minutes: float, author: int = REVIEWER, **changes: Any) -> dict[int, Mention]:
    """Somebody who may write told Copilot to work."""
    mention = Mention(author_id=author, at=minute(minutes), author_login="r", association="MEMBER")
    return {author: replace(mention, **changes)}


def a_request(
    reviewer: int | None = REVIEWER, *, at: float = 5, team: str | None = None, present: bool = True
) -> ReviewRequested:
    return ReviewRequested(
        repository_id=REPOSITORY,
        number=PULL,
        present=present,
        at=minute(at),
        reviewer_id=reviewer,
        team=team,
    )


def requests_of(*requests: ReviewRequested) -> dict[str, ReviewRequested]:
    return {f"team:{r.team}" if r.team else f"user:{r.reviewer_id}": r for r in requests}


def an_assignment(
    *, at: float = 1, present: bool = True, agent: int = COPILOT_AGENT_ID
) -> AssignmentChanged:
    return AssignmentChanged(
        repository_id=REPOSITORY,
        number=ISSUE,
        is_pull_request=False,
        assignee_id=agent,
        present=present,
        at=minute(at),
        by_id=ASSIGNER,
    )


def a_mergeable(*, mergeable: bool = False, at: float = 6, **changes: Any) -> MergeableSeen:
    """GitHub's answer that the pull request conflicts, unless told otherwise."""
    seen = MergeableSeen(
        repository_id=REPOSITORY,
        number=PULL,
        head_sha=HEAD,
        base_ref="main",
        base_sha=BASE,
        mergeable=mergeable,
        at=minute(at),
    )
    return replace(seen, **changes)


def an_agent_merge(
    *, on: bool | None = True, position: int = 60, head_sha: str = HEAD, mends: Mends = "checks"
) -> dict[str, AgentMergeAnswer]:
    """GitHub's answer that Agent Merge is on, or that it is off; None: it knows no such thing."""
    seen = AgentMergeSeen(
        repository_id=REPOSITORY,
        number=PULL,
        head_sha=head_sha,
        mends=mends,
        supported=on is not None,
        enabled=on or False,
        at=minute(position),
    )
    return {head_sha: AgentMergeAnswer(seen, position)}


def a_label_change(label: str = "status:queued", *, present: bool = False) -> LabelChanged:
    return LabelChanged(
        repository_id=REPOSITORY,
        number=ISSUE,
        is_pull_request=False,
        label=label,
        present=present,
        at=minute(1),
    )


def a_dependency(
    blocking: int,
    *,
    repository: int = REPOSITORY,
    present: bool = True,
    state: str | None = None,
) -> DependencyChanged:
    return DependencyChanged(
        blocked_repository_id=REPOSITORY,
        blocked_number=ISSUE,
        blocking_repository_id=repository,
        blocking_number=blocking,
        blocking_state=state,
        present=present,
        at=minute(0),
    )


def parted(
    *numbers: int, epic: int = ISSUE, at: float = 3, closed: tuple[int, ...] = ()
) -> SubIssuesSeen:
    """GitHub's answer that an issue has these parts, in their order."""
    parts = (
        SubIssue(repository_id=REPOSITORY, number=number, closed=number in closed)
        for number in numbers
    )
    return SubIssuesSeen(repository_id=REPOSITORY, number=epic, parts=tuple(parts), at=minute(at))


def an_asked(kind: ActionKind, **changes: Any) -> Asked:
    """A live action that GitHub took."""
    asked = Asked(
        id=UUID(int=1),
        kind=kind,
        mode="live",
        token="1",
        position=50,
        at=minute(4),
        outcome="succeeded",
    )
    return replace(asked, **changes)


def a_lane(
    *pulls: PullRequestSeen,
    issue: IssueSeen | None = None,
    handling: Handling | None = None,
    heard: dict[str, int] | None = None,
    **seen: Any,
) -> Lane:
    """A lane with one issue that the pull requests are linked to; ``seen`` is what else is.

    It has ``issues``, ``labels``, ``assignments``, ``sessions``, ``reopened``, ``dependencies`` and
    ``sub_issues`` by issue, ``pull_requests``, ``reviews``, ``requests``, ``mentions``,
    ``finished``, ``mergeable``, ``agent_merges`` and ``suggesting`` by pull request, ``marks`` by
    either and ``commits``, which are checks, by SHA.
    """
    lane = Lane(
        repository_id=REPOSITORY,
        position=100,
        ours=Ours(handlings={ISSUE: handling} if handling else {}),
    )
    shown = {"pull_requests": {pull.number: pull for pull in pulls}}
    lane = _with(lane, **{"issues": {issue.number: issue} if issue else {}, **shown, **seen})
    times = {name: Heard(position, minute(0)) for name, position in (heard or {}).items()}
    return linking(having_heard(lane, times), {ISSUE: tuple(pull.number for pull in pulls)})


def seeing(lane: Lane, **seen: Any) -> Lane:
    """The lane once GitHub was seen to say something else; its links are as they were."""
    return linking(_with(lane, **seen), lane.ties.pull_requests)


def seen_as(lane: Lane, other: Lane) -> Lane:
    """The lane once GitHub was seen to say what it says in another one; its links stay."""
    seen = replace(
        lane, issues=other.issues, pull_requests=other.pull_requests, commits=other.commits
    )
    return linking(seen, lane.ties.pull_requests)


def linking(lane: Lane, links: Mapping[int, tuple[int, ...]]) -> Lane:
    """The lane with links of its own, by evidence, whatever follows from what it knows."""
    whole = assembled(lane)
    pulls = {number: linked for number, linked in links.items() if linked}
    issues = {
        pull: tuple(sorted(number for number, linked in pulls.items() if pull in linked))
        for linked in pulls.values()
        for pull in linked
    }
    ties = replace(whole.ties, pull_requests=pulls, issues=issues, named=pulls, adopted={})
    return replace(whole, ties=ties)


_OF_ISSUES = {
    "issues": "seen",
    "labels": "labels",
    "assignments": "assignments",
    "reopened": "reopened_at",
    "dependencies": "dependencies",
    "marks": "marks",
    "sessions": "session",
    "sub_issues": "sub_issues",
}
_OF_PULLS = {
    "pull_requests": "seen",
    "reviews": "reviews",
    "requests": "requests",
    "mentions": "mentions",
    "finished": "finished_at",
    "mergeable": "mergeable",
    "agent_merges": "agent_merges",
    "suggesting": "suggesting",
    "marks": "marks",
}
_HEARD = {
    "issue": "heard",
    "assigned": "heard_assigned",
    "session": "heard_session",
    "sub_issues": "heard_sub_issues",
    "pull": "heard",
    "reviews": "heard_reviews",
    "base": "heard_base",
}


def having_heard(lane: Lane, heard: Mapping[str, Heard]) -> Lane:
    """The lane once it heard: names are ``issue:``, ``assigned:``, ``session:``, ``sub_issues:``,
    ``pull:``, ``reviews:``, ``base:`` with a number, and ``checks:`` with a SHA.
    """
    for name, at in heard.items():
        kind, _, key = name.partition(":")
        if kind == "checks":
            known = replace(lane.commit(key), heard=at)
            lane = replace(lane, commits={**lane.commits, key: known})
        elif kind in ("issue", "assigned", "session", "sub_issues"):
            lane = _issue_with(lane, int(key), **{_HEARD[kind]: at})
        else:
            lane = _pull_with(lane, int(key), **{_HEARD[kind]: at})
    return lane


def _with(lane: Lane, **seen: Any) -> Lane:
    for name, values in seen.items():
        if name == "commits":
            heard = {sha: lane.commit(sha).heard for sha in values}
            commits = {s: KnownCommit(checks=c, heard=heard[s]) for s, c in values.items()}
            lane = replace(lane, commits=commits)
            continue
        lane = _forgetting(lane, name)
        for number, given in values.items():
            value = {given.assignee_id: given} if name == "assignments" else given
            if name in _OF_ISSUES and not (name == "marks" and number in lane.pull_requests):
                lane = _issue_with(lane, number, **{_OF_ISSUES[name]: value})
            else:
                lane = _pull_with(lane, number, **{_OF_PULLS[name]: value})
    return lane


def _forgetting(lane: Lane, name: str) -> Lane:
    """The lane without what it knows of one thing, of whichever issue or pull request."""
    if of_issue := _OF_ISSUES.get(name):
        for number in lane.issues:
            lane = _issue_with(lane, number, **{of_issue: getattr(UNKNOWN_ISSUE, of_issue)})
    if of_pull := _OF_PULLS.get(name):
        for number in lane.pull_requests:
            lane = _pull_with(lane, number, **{of_pull: getattr(UNKNOWN_PULL_REQUEST, of_pull)})
    return lane


def _issue_with(lane: Lane, number: int, **values: Any) -> Lane:
    known = replace(lane.issue(number), **values)
    return replace(lane, issues={**lane.issues, number: known})


def _pull_with(lane: Lane, number: int, **values: Any) -> Lane:
    known = replace(lane.pull_request(number), **values)
    return replace(lane, pull_requests={**lane.pull_requests, number: known})


def circumstances_with(
    policy: Policy | None = None,
    *,
    mode: Mode = "live",
    paused: Pause | None = None,
    acting_user: ActingUser | None = None,
    has_app: bool = False,
) -> Circumstances:
    return Circumstances(
        policy=policy or Policy(),
        origins={},
        mode=mode,
        mode_origin="operator",
        paused=paused,
        paused_where="lane" if paused else None,
        set_user=acting_user,
        has_app=has_app,
    )


def a_workflow(lane: Lane, policy: Policy | None = None, *, mode: Mode = "live") -> Workflow:
    workflow = workflow_of(lane, circumstances_with(policy, mode=mode), ISSUE)
    assert workflow is not None
    return workflow
