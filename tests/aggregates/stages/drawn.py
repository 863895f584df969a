"""Lanes drawn at random: one issue, its pull requests, and what was done for it."""

from hypothesis import strategies as st

from aggregates.lane import Heard, Lane
from aggregates.lane.ours import Handling
from events.catalogue import Mode
from events.github import SessionSeen
from events.github.names import COPILOT_AGENT_ID
from tests.aggregates.builders import (
    BASE,
    HEAD,
    ISSUE,
    PULL,
    REPOSITORY,
    a_check,
    a_label_change,
    a_lane,
    a_mergeable,
    a_pull_request_seen,
    a_review_seen,
    an_agent_merge,
    an_asked,
    an_assignment,
    an_issue_seen,
    checks_of,
    having_heard,
    minute,
    parted,
)

_ISSUES = st.builds(
    an_issue_seen,
    state=st.sampled_from(["open", "closed"]),
    state_reason=st.sampled_from([None, "completed", "not_planned", "reopened"]),
    labels=st.sampled_from([(), ("status:queued",), ("status:needs_human",)]),
    assignee_ids=st.sampled_from([(), (COPILOT_AGENT_ID,)]),
    deleted=st.booleans(),
    blocked_by_open=st.sampled_from([None, 0, 1]),
    sub_issues_total=st.sampled_from([None, 0, 2]),
    sub_issues_completed=st.sampled_from([None, 1, 2]),
)
_PARTS = st.builds(
    lambda numbers, closed: parted(*numbers, closed=closed),
    st.lists(st.sampled_from([2, 3]), max_size=2, unique=True),
    st.sampled_from([(), (2,), (2, 3)]),
)
_PULLS = st.builds(
    a_pull_request_seen,
    st.sampled_from([PULL, 21]),
    state=st.sampled_from(["open", "closed"]),
    merged=st.booleans(),
    draft=st.sampled_from([None, True, False]),
)
_CHECKS = st.builds(
    a_check,
    st.sampled_from(["a", "b"]),
    st.sampled_from([None, "success", "failure", "cancelled", "action_required"]),
    kind=st.sampled_from(["run", "suite", "actions"]),
)
_REVIEWS = st.builds(
    a_review_seen,
    st.sampled_from(["approved", "changes_requested", "commented"]),
    id=st.integers(1, 3),
    commit_id=st.sampled_from([HEAD, None, "b" * 40]),
)
_ASKED = st.builds(
    an_asked,
    st.sampled_from(
        [
            *("assign", "ask_to_fix_ci", "ask_to_address_review"),
            *("ask_to_resolve_conflicts", "hand_to_person"),
            *("enable_agent_merge", "disable_agent_merge"),
        ]
    ),
    mode=st.sampled_from(["live", "shadow"]),
    outcome=st.sampled_from(["requested", "succeeded", "failed", "cancelled"]),
    token=st.sampled_from(["1", f"{HEAD}:{BASE}", f"checks:{HEAD}"]),
    head_sha=st.sampled_from([None, HEAD, "b" * 40]),
)
_ANSWERS = st.builds(
    a_mergeable,
    mergeable=st.booleans(),
    head_sha=st.sampled_from([HEAD, "b" * 40]),
    at=st.sampled_from([3, 6]),
)
_HANDLINGS = st.builds(
    Handling,
    enqueued=st.sampled_from([None, True, False]),
    skipped=st.booleans(),
    taken_over=st.booleans(),
    asked=st.lists(_ASKED, max_size=4).map(tuple),
    fired=st.sampled_from([{}, {"no_progress": "50"}, {"no_pull_request": minute(1).isoformat()}]),
    resumed_at=st.sampled_from([None, minute(8)]),
    retried=st.sampled_from([0, 70]),
    resumed=st.sampled_from([0, 70]),
    switched_on=st.sampled_from([None, 55]),
)
_AGENT_MERGES = st.builds(
    an_agent_merge,
    on=st.sampled_from([None, True, False]),
    position=st.sampled_from([40, 60]),
    head_sha=st.sampled_from([HEAD, "b" * 40]),
    mends=st.sampled_from(["checks", "conflicts"]),
)


modes: st.SearchStrategy[Mode] = st.sampled_from(["off", "shadow", "live"])


_SESSIONS = st.builds(
    SessionSeen,
    repository_id=st.just(REPOSITORY),
    number=st.just(ISSUE),
    state=st.sampled_from(["in_progress", "failed", "waiting_for_user", "cancelled"]),
    at=st.sampled_from([minute(7), minute(9)]),
    updated_at=st.sampled_from([None, minute(0.5), minute(6)]),
)


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    pulls = {pull.number: pull for pull in draw(st.lists(_PULLS, max_size=2))}
    present = draw(st.sampled_from([None, True, False]))
    lane = a_lane(
        *pulls.values(),
        issue=draw(st.none() | _ISSUES),
        handling=draw(_HANDLINGS),
        assignments={} if present is None else {ISSUE: an_assignment(present=present)},
        commits={HEAD: checks_of(*draw(st.lists(_CHECKS, max_size=3)))},
        reviews={PULL: {review.id: review for review in draw(st.lists(_REVIEWS, max_size=3))}},
        mergeable=draw(st.just({}) | st.builds(lambda answer: {PULL: answer}, _ANSWERS)),
        agent_merges={PULL: draw(st.just({}) | _AGENT_MERGES)},
        finished=draw(st.sampled_from([{}, {PULL: minute(5)}])),
        sub_issues=draw(st.just({}) | st.builds(lambda answer: {ISSUE: answer}, _PARTS)),
        sessions=draw(st.just({}) | st.builds(lambda seen: {ISSUE: seen}, _SESSIONS)),
        reopened=draw(st.sampled_from([{}, {ISSUE: minute(0.5)}, {ISSUE: minute(2)}])),
        labels=draw(
            st.sampled_from([{}, {ISSUE: {"status:queued": a_label_change(present=True)}}])
        ),
    )
    moved = draw(st.sampled_from([{}, {f"base:{PULL}": Heard(5, minute(5))}]))
    parted_since = draw(st.sampled_from([{}, {f"sub_issues:{ISSUE}": Heard(6, minute(5))}]))
    heard = having_heard(lane, parted_since)
    return having_heard(heard, moved) if PULL in pulls else heard
