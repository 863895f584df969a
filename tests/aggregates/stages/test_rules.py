"""The list of rules: in the order of the stages, total, and written down as it is."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aggregates.lane import Lane
from aggregates.lane.ours import Handling
from aggregates.stages import RULES, Stage, place, stage_reference
from aggregates.workflow import workflow_of
from events.catalogue import Mode
from events.github.names import COPILOT_AGENT_ID
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_check,
    a_lane,
    a_pull_request_seen,
    a_review_seen,
    an_asked,
    an_assignment,
    an_issue_seen,
    checks_of,
    circumstances_with,
    minute,
)

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "stages.md"


def test_rules_stand_in_the_order_of_the_stages_and_every_stage_has_one() -> None:
    stages = [rule.stage for rule in RULES]
    assert list(dict.fromkeys(stages)) == list(Stage)
    assert stages == sorted(stages, key=list(Stage).index)


def test_names_of_rules_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == stage_reference()


_ISSUES = st.builds(
    an_issue_seen,
    state=st.sampled_from(["open", "closed"]),
    state_reason=st.sampled_from([None, "completed", "not_planned"]),
    labels=st.sampled_from([(), ("status:queued",)]),
    assignee_ids=st.sampled_from([(), (COPILOT_AGENT_ID,)]),
    deleted=st.booleans(),
    blocked_by_open=st.sampled_from([None, 0, 1]),
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
    st.sampled_from(["assign", "ask_to_fix_ci", "ask_to_address_review", "hand_to_person"]),
    mode=st.sampled_from(["live", "shadow"]),
    outcome=st.sampled_from(["requested", "succeeded", "failed", "cancelled"]),
    head_sha=st.sampled_from([None, HEAD, "b" * 40]),
)
_HANDLINGS = st.builds(
    Handling,
    enqueued=st.sampled_from([None, True, False]),
    skipped=st.booleans(),
    taken_over=st.booleans(),
    asked=st.lists(_ASKED, max_size=4).map(tuple),
    fired=st.sampled_from([{}, {"no_progress": "50"}, {"no_pull_request": minute(1).isoformat()}]),
)


_MODES: st.SearchStrategy[Mode] = st.sampled_from(["off", "shadow", "live"])


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    pulls = {pull.number: pull for pull in draw(st.lists(_PULLS, max_size=2))}
    present = draw(st.sampled_from([None, True, False]))
    return a_lane(
        *pulls.values(),
        issue=draw(st.none() | _ISSUES),
        handling=draw(_HANDLINGS),
        assignments={} if present is None else {ISSUE: an_assignment(present=present)},
        commits={HEAD: checks_of(*draw(st.lists(_CHECKS, max_size=3)))},
        reviews={PULL: {review.id: review for review in draw(st.lists(_REVIEWS, max_size=3))}},
        finished=draw(st.sampled_from([{}, {PULL: minute(5)}])),
    )


@given(lanes(), _MODES)
def test_every_workflow_has_one_place_with_a_reason(lane: Lane, mode: Mode) -> None:
    held = circumstances_with(mode=mode)
    workflow, again = workflow_of(lane, held, ISSUE), workflow_of(lane, held, ISSUE)
    assert workflow is not None
    assert again is not None
    placement = place(workflow)
    assert placement.reason
    assert placement.waits
    assert placement == place(again)
