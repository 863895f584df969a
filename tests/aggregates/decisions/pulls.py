"""Lanes whose one issue has a pull request on which Copilot's round is over."""

# ruff: noqa: ANN401 (builders take whatever else is known)

from typing import Any

from aggregates.lane import Lane
from aggregates.lane.conduct import Asked, Handling
from aggregates.lane.seen import Check
from events.facts import PullRequestSeen, ReviewSeen
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
    minute,
)

DRAFT = a_pull_request_seen()
READY = a_pull_request_seen(draft=False)
RED, GREEN, RUNNING = a_check(conclusion="failure"), a_check(), a_check("lint", None)
CHANGES, APPROVED = a_review_seen("changes_requested"), a_review_seen("approved")
CHECKS_HEARD = {f"checks:{HEAD}": 60, f"pull:{PULL}": 55}
REVIEWS_HEARD = {f"reviews:{PULL}": 70}
NEXT_HEAD = "b" * 40


def a_lane_with(
    pull: PullRequestSeen,
    *parts: Check | ReviewSeen | Asked,
    fired: dict[str, str] | None = None,
    heard: dict[str, int] | None = None,
    **seen: Any,
) -> Lane:
    """A lane with a pull request, what checks and reviewers say of it, and what we asked for."""
    checks = [part for part in parts if isinstance(part, Check)]
    asked = tuple(part for part in parts if isinstance(part, Asked))
    known = {
        "commits": {pull.head_sha: checks_of(*checks)},
        "reviews": {PULL: {part.id: part for part in parts if isinstance(part, ReviewSeen)}},
        "assignments": {ISSUE: an_assignment()},
        "finished": {PULL: minute(8)},
    }
    return a_lane(
        pull,
        issue=an_assigned_issue(),
        handling=Handling(asked=asked, fired=fired or {}),
        heard=heard,
        **{**known, **seen},
    )
