"""Lanes with a pull request at some point of its way."""

from dataclasses import replace
from typing import Any

from aggregates.lane import Heard, Lane
from aggregates.lane.parts import Check, Checks
from events.github import PullRequestSeen, ReviewSeen
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_lane,
    a_pull_request_seen,
    a_review_seen,
    an_assigned_issue,
    an_assignment,
    checks_of,
    having_heard,
    minute,
    seeing,
)

FAILED = a_check("test", "failure")
PASSED = a_check("test")
RUNNING = a_check("build", None)
OTHER_HEAD = "b" * 40


def a_draft(*checks: Check, finished: bool = True, **seen: Any) -> Lane:  # noqa: ANN401 (any fact)
    """Copilot's draft, with its round over unless told otherwise."""
    over = {"finished": {PULL: minute(5)}} if finished else {}
    return _with(a_pull_request_seen(), checks, **{**over, **seen})


def a_ready(*checks: Check, reviews: tuple[ReviewSeen, ...] = (), **seen: Any) -> Lane:  # noqa: ANN401 (any fact)
    """Copilot's pull request before its reviewers."""
    return _with(
        a_pull_request_seen(draft=False),
        checks,
        reviews={PULL: {each.id: each for each in reviews}},
        **seen,
    )


def approved(*checks: Check, **seen: Any) -> Lane:  # noqa: ANN401 (any fact)
    """The same with all approvals."""
    return a_ready(*checks, reviews=(a_review_seen(),), **seen)


def refused(id: int = 5, **review: Any) -> Lane:  # noqa: A002, ANN401 (the field's name, any field)
    """The same with changes requested."""
    return a_ready(PASSED, reviews=(a_review_seen("changes_requested", id=id, **review),))


def moved(lane: Lane, head_sha: str = OTHER_HEAD) -> Lane:
    """The lane once its pull request has another head, with the same checks on it."""
    pull = lane.pull_request(PULL).seen
    assert pull is not None
    known = {sha: commit.checks for sha, commit in lane.commits.items()}
    commits = {**known, head_sha: known.get(pull.head_sha, Checks())}
    pull = replace(pull, head_sha=head_sha)
    return seeing(lane, pull_requests={PULL: pull}, commits=commits)


def hearing(lane: Lane, **subjects: int) -> Lane:
    """The lane once something was heard at a position: ``pull=7``; checks are of its head."""
    pull = lane.pull_request(PULL).seen
    names = {
        "issue": f"issue:{ISSUE}",
        "assigned": f"assigned:{ISSUE}",
        "pull": f"pull:{PULL}",
        "reviews": f"reviews:{PULL}",
        "base": f"base:{PULL}",
        "checks": f"checks:{pull.head_sha if pull else HEAD}",
    }
    news = {names[kind]: Heard(place, minute(place)) for kind, place in subjects.items()}
    position = max(lane.position, *subjects.values())
    return having_heard(replace(lane, position=position), news)


def _with(pull: PullRequestSeen, checks: tuple[Check, ...], **seen: Any) -> Lane:  # noqa: ANN401 (any fact)
    known = {
        "assignments": {ISSUE: an_assignment()},
        "commits": {HEAD: checks_of(*checks)} if checks else {},
    }
    return a_lane(pull, issue=an_assigned_issue(), **{**known, **seen})
