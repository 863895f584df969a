"""When Copilot is asked to resolve a conflict, and when that waits for GitHub, or for a person."""

from dataclasses import replace
from typing import Any

import pytest

from aggregates.decisions import consider, decide
from aggregates.lane import Lane
from aggregates.stages import place
from aggregates.surroundings import Surroundings, circumstances
from aggregates.workflow import workflow_of
from aggregates.workflow.questions import Question
from events.catalogue import Json
from tests.aggregates.builders import (
    BASE,
    HEAD,
    ISSUE,
    PULL,
    a_mergeable,
    a_review_seen,
    an_agent_merge,
    mentioned,
    minute,
    seeing,
)
from tests.aggregates.decisions.conducted import (
    ADA,
    USER,
    conducted,
    delivered,
    kinds,
    only,
    passed,
    recorded,
    waits,
)
from tests.aggregates.decisions.pulls import (
    FAILED,
    OTHER_HEAD,
    PASSED,
    a_draft,
    a_ready,
    hearing,
    moved,
)
from tests.aggregates.decisions.tales import GRACE, Tale, policy

APP = replace(USER, has_app=True)
OTHER_BASE = "f" * 40
MERGING: dict[str, Json] = {"automatic": True}


def answered(lane: Lane, **answer: Any) -> Lane:  # noqa: ANN401 (any field)
    """The lane once GitHub answered, by default that it conflicts; it knows no Agent Merge."""
    unknown = an_agent_merge(on=None) | an_agent_merge(on=None, head_sha=OTHER_HEAD)
    return seeing(lane, mergeable={PULL: a_mergeable(**answer)}, agent_merges={PULL: unknown})


def conflicting(*checks: Any, **seen: Any) -> Lane:  # noqa: ANN401 (checks, any fact)
    """A pull request before its reviewers whose head conflicts with its base."""
    return conducted(answered(a_ready(*checks, **seen)))


def approved_by_ada() -> Lane:
    """A pull request that is approved by somebody of whom nobody has to ask GitHub."""
    return a_ready(PASSED, reviews=(a_review_seen(author=ADA.user_id),))


def placed(lane: Lane, scope: Surroundings = USER) -> tuple[str, str]:
    workflow = workflow_of(lane, circumstances(lane, scope), ISSUE)
    assert workflow is not None
    found = place(workflow)
    return found.rule, found.reason


def asked(lane: Lane, scope: Surroundings = APP) -> list[Question]:
    return [each for each in consider(lane, scope).questions if each.kind == "mergeable"]


@pytest.mark.parametrize("lane", [a_draft(), a_ready(), a_ready(PASSED), a_ready(FAILED)])
def test_copilot_is_asked_to_resolve_a_conflict_whatever_the_checks_say(lane: Lane) -> None:
    lane = conducted(answered(lane))
    decision = only(lane)
    assert (decision.kind, decision.token) == ("ask_to_resolve_conflicts", f"{HEAD}:{BASE}")
    assert (decision.pull_request_number, decision.head_sha) == (PULL, HEAD)
    assert decision.reason == "aaaaaaa conflicts with main; attempt 1 of 2"
    assert placed(lane)[0] == "conflicted"


@pytest.mark.parametrize(
    "lane",
    [
        answered(a_draft(finished=False)),
        answered(a_ready(mentions={PULL: mentioned(6)}), mergeable=True),
        answered(a_ready(), head_sha=OTHER_HEAD),
        answered(a_ready(), base_ref="release"),
        a_ready(),
    ],
    ids=["Copilot works", "no conflict", "of another head", "of another base", "not said"],
)
def test_copilot_is_not_asked_to_resolve_conflicts(lane: Lane) -> None:
    assert kinds(conducted(lane)) == []


def test_nobody_is_asked_how_checks_failed_that_run_anew_once_it_is_resolved() -> None:
    lane = conducted(a_ready(FAILED))
    assert "failure" in [each.kind for each in consider(lane, APP).questions]
    lane = answered(lane)
    assert "failure" not in [each.kind for each in consider(lane, APP).questions]
    assert only(lane, APP).kind == "ask_to_resolve_conflicts"


def test_a_request_for_changes_comes_first() -> None:
    tale = Tale(policy(review={"approvals": 1}))
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.finishes()
    tale.ready()
    tale.can_merge(may=False)
    assert tale.kinds("ask_to_resolve_conflicts") == ["ask_to_resolve_conflicts"]
    tale.reviewed("changes_requested", GRACE)
    assert tale.placement().stage == "changes_requested"


def test_it_is_asked_once_for_each_head_and_base() -> None:
    lane = recorded(conflicting(PASSED), "succeeded")
    assert kinds(lane) == []
    assert "was asked" in placed(lane)[1]
    elsewhere = answered(lane, base_sha=OTHER_BASE, at=9)
    assert kinds(elsewhere) == []  # Copilot has not heard of the first request
    lane = delivered(lane)
    assert kinds(answered(lane, at=9)) == []
    again = answered(lane, base_sha=OTHER_BASE, at=9)
    assert (only(again).token, only(again).reason) == (
        f"{HEAD}:{OTHER_BASE}",
        "aaaaaaa conflicts with main; attempt 2 of 2",
    )
    assert kinds(recorded(again, "succeeded")) == []


def test_what_copilot_resolved_calls_for_nothing_more() -> None:
    lane = delivered(recorded(conflicting(PASSED), "succeeded"))
    lane = answered(moved(lane), head_sha=OTHER_HEAD, mergeable=True, at=9)
    assert (kinds(lane), placed(lane)[0]) == ([], "ready_for_review")


def test_after_the_last_attempt_a_person_is_asked_once() -> None:
    lane = conducted(answered(a_ready(PASSED)), conflicts={"max_attempts": 1})
    lane = delivered(recorded(lane, "succeeded"))
    assert placed(lane)[0] == "conflicted"
    lane = answered(moved(lane), head_sha=OTHER_HEAD, at=9)
    decision = only(lane)
    assert (decision.kind, decision.token) == (
        "hand_to_person",
        f"conflict_attempts_used_up:{PULL}:{OTHER_HEAD}",
    )
    assert "Copilot was asked once to resolve conflicts" in decision.reason
    assert kinds(recorded(lane, "succeeded")) == []


def test_the_body_names_head_base_and_attempt_and_no_branch_writes_our_comment() -> None:
    lane = conducted(
        seeing(
            a_ready(),
            pull_requests={PULL: replace(_pull(), base_ref="x` @copilot `y")},
            mergeable={PULL: a_mergeable(base_ref="x` @copilot `y")},
        )
    )
    body = str(only(lane).parameters["body"])
    assert body.startswith("@copilot This pull request has merge conflicts with `x @copilot y`")
    assert f"{HEAD} cannot be merged into {BASE}" in body
    assert "(attempt 1 of 2)" in body


def test_github_is_asked_about_each_head_and_again_when_the_base_moves() -> None:
    lane = conducted(a_ready(PASSED))
    [first] = asked(lane)
    assert (first.pull_request_number, first.waits) == (PULL, False)
    assert asked(lane, USER) == []  # nobody can ask
    lane = answered(lane, mergeable=True)
    assert asked(lane) == []
    [of_head] = asked(moved(lane))
    [of_base] = asked(hearing(lane, base=7))
    assert len({first.stamp, of_head.stamp, of_base.stamp}) == 3
    assert asked(answered(hearing(lane, base=7), mergeable=True, at=7)) == [of_base]
    assert asked(answered(hearing(lane, base=7), mergeable=True, at=7.1)) == []


def test_nothing_is_merged_into_a_base_of_which_github_has_not_said_whether_it_conflicts() -> None:
    lane = conducted(approved_by_ada(), merge=MERGING)
    assert kinds(lane) == ["merge"]  # where nobody can ask, GitHub refuses what conflicts
    assert (kinds(lane, APP), [each.waits for each in asked(lane)]) == ([], [True])
    rule, reason = placed(lane, APP)
    assert rule == "merge_ready"
    assert reason.endswith("; GitHub is being asked whether #20 conflicts with its base")
    lane = answered(lane, mergeable=True)
    assert kinds(lane, APP) == ["merge"]
    assert kinds(hearing(lane, base=7), APP) == []
    assert kinds(answered(hearing(lane, base=7), at=8), APP) == ["ask_to_resolve_conflicts"]


def test_a_conflict_of_before_the_base_moved_is_asked_about_first() -> None:
    lane = hearing(answered(conducted(a_ready(PASSED))), base=7)
    assert (kinds(lane, APP), [each.waits for each in asked(lane)]) == ([], [True])
    assert "the base moved since, and GitHub is asked again" in placed(lane, APP)[1]
    assert kinds(answered(lane, at=8), APP) == ["ask_to_resolve_conflicts"]
    assert placed(answered(lane, at=8, mergeable=True), APP)[0] == "ready_for_review"


def test_an_answer_that_does_not_come_is_told_to_a_person() -> None:
    lane = conducted(approved_by_ada(), merge=MERGING)
    lane = hearing(lane, pull=7, reviews=8, checks=9, base=30)
    [(kind, _)] = [each for each in waits(lane, APP) if each[0] == "answer"]
    [timer] = [each for each in consider(lane, APP).timers if each.kind == kind]
    assert timer.since == minute(30)  # and not when it was last heard of the reviews
    lane = passed(lane, APP)
    rule, reason = placed(lane, APP)
    assert (rule, reason) == ("answer", "GitHub did not answer whether #20 conflicts with its base")
    assert [each.kind for each in decide(lane, APP)] == ["hand_to_person"]


def test_where_it_conflicts_nobody_is_waited_for_but_copilot() -> None:
    heard = hearing(a_ready(PASSED), pull=2, checks=3)
    running = conducted(heard, ci={"required": ["test", "never seen"]})
    assert [kind for kind, _ in waits(running)] == ["check_missing"]
    assert waits(answered(running)) == []
    lane = conducted(heard)
    assert [kind for kind, _ in waits(lane)] == ["reviewer"]
    assert waits(answered(lane)) == []
    told = recorded(answered(lane), "succeeded")
    assert [kind for kind, _ in waits(told)] == ["no_progress"]


def test_a_push_to_its_base_is_heard_of_by_an_open_pull_request_alone() -> None:
    tale = Tale(has_app=True)
    for number, changes in ((50, {}), (60, {"body": "More"}), (70, {"user": GRACE})):
        tale.opens(number, **changes)
    tale.merges(60)
    for ref in ("refs/heads/other", "refs/tags/main"):
        tale.pushes(ref)
    assert {n: known.heard_base for n, known in tale.lane.pull_requests.items()} == dict.fromkeys(
        (50, 60, 70)
    )
    tale.pushes("refs/heads/main")
    heard = {n: known.heard_base for n, known in tale.lane.pull_requests.items()}
    assert [n for n, each in heard.items() if each is not None] == [50]


@pytest.mark.parametrize("late", [False, True], ids=["in order", "its reopening after the push"])
def test_of_what_is_open_again_it_is_asked_anew_whether_it_conflicts(late: bool) -> None:  # noqa: FBT001
    """Its base may have moved while it was closed, which it did not hear of."""
    tale = Tale(has_app=True)
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.finishes()
    tale.can_merge(may=False)
    assert "mergeable" not in [each.kind for each in tale.questions()]
    tale.changes_pull("closed", state="closed", closed_at=tale.now())
    if late:
        tale.pushes("refs/heads/main")
    tale.changes_pull("reopened", state="open", closed_at=None)
    assert "mergeable" in [each.kind for each in tale.questions()]
    assert "the base moved since" in tale.placement().reason


def _pull() -> Any:  # noqa: ANN401 (never None)
    return a_ready().pull_request(PULL).seen
