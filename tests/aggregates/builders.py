"""Lanes built straight from what is known, and what they are made of."""

# ruff: noqa: ANN401 (builders take any field of what they build)

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aggregates.circumstances import Circumstances
from aggregates.lane.conduct import Asked, Conduct, Handling, Pause
from aggregates.lane.lane import Heard, Lane
from aggregates.lane.seen import COMPLETED, Check, CheckKind, Seen
from aggregates.policy import Policy
from aggregates.scope import ActingUser
from aggregates.workflow import Workflow, workflow_of
from events.catalogue import ActionKind, Mode
from events.github import (
    AssignmentChanged,
    DependencyChanged,
    IssueSeen,
    LabelChanged,
    PullRequestSeen,
    ReviewRequested,
    ReviewSeen,
    ReviewState,
)
from events.github.copilot import COPILOT_AGENT_ID

REPOSITORY, ISSUE, PULL, HEAD = 7, 1, 20, "a" * 40
ASSIGNER, REVIEWER = 100, 200


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


def checks_of(*checks: Check) -> dict[str, Check]:
    return {f"{place}:{check.kind}:{check.name}": check for place, check in enumerate(checks)}


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
        commit_id=HEAD,
        submitted_at=minute(10 + id),
    )
    return replace(review, **changes)


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


def an_assignment(*, at: float = 1, present: bool = True) -> AssignmentChanged:
    return AssignmentChanged(
        repository_id=REPOSITORY,
        number=ISSUE,
        is_pull_request=False,
        assignee_id=COPILOT_AGENT_ID,
        present=present,
        at=minute(at),
        by_id=ASSIGNER,
    )


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
    blocking: int, *, repository: int = REPOSITORY, present: bool = True
) -> DependencyChanged:
    return DependencyChanged(
        blocked_repository_id=REPOSITORY,
        blocked_number=ISSUE,
        blocking_repository_id=repository,
        blocking_number=blocking,
        present=present,
        at=minute(0),
    )


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
    """A lane with one issue that the pull requests are linked to; ``seen`` is what else is."""
    issues = {issue.number: issue} if issue else {}
    known = Seen(issues=issues, pull_requests={pull.number: pull for pull in pulls})
    return Lane(
        REPOSITORY,
        position=100,
        seen=replace(known, **seen),
        conduct=Conduct(handlings={ISSUE: handling} if handling else {}),
        heard={name: Heard(position, minute(0)) for name, position in (heard or {}).items()},
        links={ISSUE: tuple(pull.number for pull in pulls)} if pulls else {},
    )


def seeing(lane: Lane, **seen: Any) -> Lane:
    """The lane once GitHub was seen to say something else."""
    return replace(lane, seen=replace(lane.seen, **seen))


def circumstances_with(
    policy: Policy | None = None,
    *,
    mode: Mode = "live",
    paused: Pause | None = None,
    acting_user: ActingUser | None = None,
) -> Circumstances:
    return Circumstances(
        policy=policy or Policy(),
        origins={},
        mode=mode,
        mode_origin="operator",
        paused=paused,
        paused_where="lane" if paused else None,
        acting_user=acting_user,
    )


def a_workflow(lane: Lane, policy: Policy | None = None, *, mode: Mode = "live") -> Workflow:
    workflow = workflow_of(lane, circumstances_with(policy, mode=mode), ISSUE)
    assert workflow is not None
    return workflow
