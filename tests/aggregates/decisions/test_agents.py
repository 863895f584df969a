"""Issues of another agent than Copilot: given, told, seen to end, and what it cannot do."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aggregates.decisions import decide
from aggregates.lane import Lane
from aggregates.lane.parts import Check
from aggregates.policy import canonical
from aggregates.stages import Placement, place
from aggregates.surroundings import Surroundings, circumstances
from aggregates.workflow import Workflow, workflow_of
from aggregates.workflow.questions import questions_of
from events.catalogue import Json
from events.github.agents import COPILOT, Agents, reading_by
from tests.agents import BOTH, MUTE, QUIET, SCRIBE
from tests.aggregates.builders import (
    HEAD,
    ISSUE,
    PULL,
    a_lane,
    a_pull_request_seen,
    an_assigned_issue,
    an_assignment,
    an_issue_seen,
    checks_of,
    mentioned,
    minute,
)
from tests.aggregates.decisions.conducted import USER, conducted, kinds, only, passed, waits
from tests.aggregates.decisions.pulls import FAILED, PASSED, hearing

QUEUED = a_lane(issue=an_issue_seen())
LABELLED = a_lane(issue=an_issue_seen(labels=("status:queued", "Agent:Scribe")))
WITH_APP = replace(USER, has_app=True)


@pytest.fixture(autouse=True)
def _both() -> Iterator[None]:
    with reading_by(BOTH):
        yield


def under(lane: Lane, **leaves: Json) -> Lane:
    """A conducted lane whose policy says something at its top."""
    conducted_lane = conducted(lane)
    policy = conducted_lane.ours.policy
    said = canonical({**json.loads(policy.document), **leaves})
    return replace(
        conducted_lane, ours=replace(conducted_lane.ours, policy=replace(policy, document=said))
    )


def scribes(*checks: Check, draft: bool = True, finished: float | None = 5, **seen: Any) -> Lane:  # noqa: ANN401 (any fact)
    """Scribe's pull request for the issue that it was given, under the built-in policy."""
    pull = a_pull_request_seen(author_id=SCRIBE.user_id, head_ref="scribe/fix-1", draft=draft)
    known = {
        "assignments": {ISSUE: an_assignment(agent=SCRIBE.user_id)},
        "commits": {HEAD: checks_of(*checks)} if checks else {},
        "finished": {} if finished is None else {PULL: minute(finished)},
    }
    issue = an_assigned_issue(assignee_ids=(SCRIBE.user_id,))
    return conducted(a_lane(pull, issue=issue, **{**known, **seen}))


def workflow(lane: Lane, around: Surroundings = USER) -> Workflow:
    found = workflow_of(lane, circumstances(lane, around), ISSUE)
    assert found is not None
    return found


def placed(lane: Lane) -> Placement:
    return place(workflow(lane))


def test_an_issue_is_given_to_the_agent_that_the_policy_names() -> None:
    decision = only(under(QUEUED, agent="scribe"))
    assert (decision.kind, decision.parameters["agent"]) == ("assign", "scribe")
    assert "agent" not in only(under(QUEUED)).parameters


@pytest.mark.parametrize(
    ("lane", "expected"), [(LABELLED, "scribe"), (QUEUED, None)], ids=["labelled", "not labelled"]
)
def test_a_label_names_another_agent_in_whatever_case(lane: Lane, expected: str | None) -> None:
    decision = only(under(lane, agent_labels={"agent:scribe": "scribe", "other": "nobody"}))
    assert decision.parameters.get("agent") == expected


def test_of_several_labels_the_first_by_name_decides() -> None:
    lane = a_lane(issue=an_issue_seen(labels=("status:queued", "b", "a")))
    decision = only(under(lane, agent_labels={"b": "copilot", "a": "scribe"}))
    assert decision.parameters["agent"] == "scribe"


@pytest.mark.parametrize(
    "said", [{"agent": "nobody"}, {"agent_labels": {"agent:scribe": "nobody"}}]
)
def test_to_an_agent_that_nobody_knows_nothing_is_assigned_and_it_says_why(
    said: dict[str, Json],
) -> None:
    lane = under(LABELLED, **said)
    assert kinds(lane) == []
    assert placed(lane).reason == "its policy names an agent that is not known here: nobody"
    assert [wait.kind for wait in placed(lane).waits] == ["person"]


def test_others_of_the_queue_do_not_wait_for_an_agent_that_nobody_knows() -> None:
    lane = a_lane(issues={1: an_issue_seen(1, labels=("status:queued", "x")), 2: an_issue_seen(2)})
    assert only(under(lane, agent_labels={"x": "nobody"})).issue_number == 2


def test_work_that_an_agent_has_goes_on_with_it_whatever_the_policy_says_by_now() -> None:
    lane = under(scribes(FAILED), agent="nobody")
    assert workflow(lane).agent is SCRIBE
    assert kinds(lane) == ["ask_to_fix_ci"]


def test_it_is_told_by_its_own_mention_and_copilot_hears_nothing() -> None:
    body = str(only(scribes(FAILED)).parameters["body"])
    assert body.startswith("@scribe Required checks failed")
    assert "@copilot" not in body


def test_copilots_mention_in_a_policys_own_words_is_its_mention() -> None:
    prompts: Json = {"fix_ci": "Mend {failed}, @Copilot! (not me@copilot.example)"}
    body = str(only(under(scribes(FAILED), prompts=prompts)).parameters["body"])
    assert body == "Mend `test`, @scribe! (not me@copilot.example)"


def test_its_name_stands_in_what_is_said_of_its_work() -> None:
    assert placed(scribes(FAILED)).reason.endswith("Scribe is still to be asked to mend them")
    assert placed(scribes(finished=None)).reason.startswith("Scribe is working on draft #20")
    alone = a_lane(issue=an_assigned_issue(assignee_ids=(SCRIBE.user_id,)))
    assert placed(conducted(alone)).reason == "Scribe has been working on the issue"


@pytest.mark.parametrize("agents", [MUTE, BOTH], ids=["no mention", "a mention"])
def test_who_cannot_be_told_leaves_what_is_to_be_mended_to_a_person(agents: Agents) -> None:
    with reading_by(agents):
        lane = scribes(FAILED)
        told = [decision.kind for decision in decide(lane, USER)]
        rule = placed(lane).rule
    assert told == (["hand_to_person"] if agents is MUTE else ["ask_to_fix_ci"])
    assert rule == ("agent_cannot_be_told" if agents is MUTE else "ci_failed")


def test_who_cannot_be_told_is_conducted_as_long_as_nothing_is_amiss() -> None:
    with reading_by(MUTE):
        assert kinds(scribes(PASSED)) == ["mark_ready"]
        assert kinds(scribes(FAILED, finished=None)) == []


def test_a_round_of_who_never_says_so_is_over_once_it_fell_quiet() -> None:
    with reading_by(QUIET):
        lane = hearing(scribes(FAILED, finished=None), pull=7)
        assert kinds(lane) == []
        assert "round_quiet" in [kind for kind, _ in waits(lane)]
        assert kinds(passed(lane)) == ["ask_to_fix_ci"]


def test_a_round_of_who_says_so_is_over_by_its_word_alone() -> None:
    lane = hearing(scribes(FAILED, finished=None), pull=7)
    assert "round_quiet" not in [kind for kind, _ in waits(lane)]


def test_an_issue_that_went_from_one_agent_to_another_is_the_others() -> None:
    both = {
        COPILOT.user_id: an_assignment(at=3, present=False),
        SCRIBE.user_id: an_assignment(at=2, agent=SCRIBE.user_id),
    }
    lane = conducted(a_lane(issue=an_assigned_issue(assignee_ids=(SCRIBE.user_id,))))
    known = replace(lane.issue(ISSUE), assignments=both)
    moved = workflow(replace(lane, issues={ISSUE: known}))
    assert (moved.agent, moved.assigned, moved.unassigned_at) == (SCRIBE, True, None)
    assert place(moved).rule == "in_progress"


def test_who_is_listed_from_before_a_reopening_is_taken_off_first() -> None:
    lane = a_lane(
        issue=an_issue_seen(assignee_ids=(SCRIBE.user_id,)),
        assignments={ISSUE: an_assignment(at=1, agent=SCRIBE.user_id)},
        reopened={ISSUE: minute(2)},
        labels={},
    )
    assert workflow(under(lane, agent="scribe")).assigned is False


def test_github_is_not_asked_what_it_cannot_tell_of_an_agent() -> None:
    told = scribes(PASSED, mentions={PULL: mentioned(6)})
    assert {each.kind for each in questions_of(workflow(told, WITH_APP))}.isdisjoint(
        {"session", "work"}
    )
    able = Agents((COPILOT, replace(SCRIBE, sessions=True, timeline=True)))
    with reading_by(able):
        asked = {each.kind for each in questions_of(workflow(told, WITH_APP))}
    assert {"session", "work"} <= asked


@pytest.mark.parametrize("able", [False, True], ids=["Agent Merge unknown to it", "known to it"])
def test_agent_merge_is_asked_about_of_who_knows_it_alone(able: bool) -> None:  # noqa: FBT001 (a case)
    with reading_by(Agents((COPILOT, replace(SCRIBE, agent_merge=able)))):
        lane = under(scribes(FAILED), mend="agent_merge")
        asked = {each.kind for each in questions_of(workflow(lane, WITH_APP))}
        decided = kinds(lane, WITH_APP)
    assert ("agent_merge" in asked) is able
    assert "enable_agent_merge" not in decided
