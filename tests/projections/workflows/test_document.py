"""What a page shows of whose word counts, whose the pull request is, and what GitHub is asked."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from aggregates.workflow.rounds import rounds_asked
from events.catalogue import ActionCancelled, Json
from events.github.agents import COPILOT, Agents, reading_by
from projections.workflows.document import WorkflowDocument, document_of
from simulator.payloads import a_bot, a_user
from tests.aggregates.decisions.tales import GRACE, VISITOR, Tale, policy
from tests.aggregates.decisions.test_agent_merge import answering, failing, fails_again
from tests.aggregates.decisions.test_failure_told import a_failing, tells
from tests.aggregates.decisions.test_sessions import answers, drafted

STORED = TypeAdapter(WorkflowDocument)
GRACE_SHOWN = {"id": GRACE["id"], "login": "grace-keen"}
VISITOR_SHOWN = {"id": VISITOR["id"], "login": "driveby"}


def page(tale: Tale, number: int = 1) -> dict[str, Any]:
    """A page as it is stored."""
    workflow = tale.workflow(number)
    shown = document_of(workflow, tale.placement(number))
    found: dict[str, Any] = STORED.dump_python(STORED.validate_python(shown), mode="json")
    left_out = {name: found[name] for name in found.keys() - shown.keys()}
    usual = {name: WorkflowDocument.model_fields[name].default for name in left_out}
    assert left_out == usual  # which goes without saying, so that rows are no larger
    assert keys_of({name: found[name] for name in shown}) == keys_of(shown)
    assert STORED.dump_python(STORED.validate_python(found), mode="json") == found
    return found


def keys_of(shown: object) -> object:
    """All keys of an object, with those of the objects in it."""
    if isinstance(shown, dict):
        return {key: keys_of(value) for key, value in shown.items()}
    return [keys_of(each) for each in shown] if isinstance(shown, list) else None


def in_review(tale: Tale, body: str = "Fixes #1") -> Tale:
    tale.queues()
    tale.assigns()
    tale.opens(50, body)
    tale.checked()
    tale.finishes()
    tale.ready()
    return tale


def test_another_agent_than_copilot_is_named() -> None:
    tale = in_review(Tale())
    with reading_by(Agents((replace(COPILOT, title="Scribe"),))):
        assert page(tale)["agent"] == "Scribe"
    assert page(tale)["agent"] == "Copilot"


def test_who_approved_is_named_and_stays_after_the_merge() -> None:
    tale = in_review(Tale())
    assert page(tale)["approved_by"] == []
    tale.reviewed("approved", GRACE)
    assert page(tale)["approved_by"] == [GRACE_SHOWN]
    tale.merges()
    shown = page(tale)
    assert (shown["stage"], shown["approved_by"]) == ("done", [GRACE_SHOWN])


def test_who_approved_stays_where_access_changes_after_the_merge() -> None:
    tale = in_review(Tale(has_app=True))
    tale.reviewed("approved", VISITOR, "NONE")
    tale.may_write(50, VISITOR)
    tale.merges()
    tale.delivers("member", "removed")
    assert page(tale)["approved_by"] == [VISITOR_SHOWN]


def test_who_approved_stays_after_many_merges_of_others() -> None:
    tale = in_review(Tale())
    tale.reviewed("approved", GRACE)
    tale.merges()
    tale.changes_issue("closed", 1, state="closed", state_reason="completed", closed_at=tale.now())
    for number in range(200, 360):
        tale.opens(number, "", user=VISITOR, author_association="NONE")
        tale.merges(number)
    shown = page(tale)
    assert (shown["stage"], shown["approved_by"]) == ("done", [GRACE_SHOWN])
    assert shown["pull_request"]["number"] == 50
    assert len(tale.lane.pull_requests) <= 151


def test_who_approved_is_named_as_they_are_called_by_now() -> None:
    tale = in_review(Tale(policy(merge={"automatic": False}, review={"approvals": 2})))
    tale.reviewed("approved", GRACE)
    tale.reviewed("commented", {**GRACE, "login": "grace-keener"})
    assert page(tale)["approved_by"] == [{**GRACE_SHOWN, "login": "grace-keener"}]


def test_verdicts_that_do_not_count_are_shown_with_their_reason_the_newest_first() -> None:
    tale = in_review(Tale())
    tale.reviewed("changes_requested", a_bot("review-helper"), "NONE")
    tale.reviewed("approved", VISITOR, "NONE")
    tale.reviewed("approved", None)
    shown = page(tale)["reviews_ignored"]
    assert [(each["actor"]["login"], each["state"]) for each in shown] == [
        (None, "approved"),
        ("driveby", "approved"),
        ("review-helper[bot]", "changes_requested"),
    ]
    assert shown[1] == {
        "actor": VISITOR_SHOWN,
        "state": "approved",
        "why": "GitHub does not count them among those who may write here",
    }


def test_however_many_strangers_review_a_page_shows_the_newest_few() -> None:
    tale = in_review(Tale())
    for number in range(12):
        tale.reviewed("approved", a_user(f"stranger-{number:02}"), "NONE")
    shown = page(tale)["reviews_ignored"]
    assert [each["actor"]["login"] for each in shown] == [
        f"stranger-{number:02}" for number in reversed(range(2, 12))
    ]


def test_pull_requests_of_others_stand_beside() -> None:
    tale = Tale()
    tale.queues()
    assert page(tale)["beside"] == []
    tale.opens(70, "Fixes #1", user=VISITOR, author_association="NONE")
    assert (page(tale)["beside"], page(tale)["candidates"]) == ([70], [])
    tale.changes_pull("closed", 70, state="closed")
    assert page(tale)["beside"] == []


def test_one_that_only_fits_is_probable_and_asked_about_until_there_is_evidence() -> None:
    tale = in_review(Tale(has_app=True), "no keyword")
    shown = page(tale)
    assert (shown["probable"], shown["pull_request"]["number"]) == (True, 50)
    assert shown["questions"] == ["which issues #50 closes"]
    tale.answers("closing", 50, issues=[1])
    assert (page(tale)["probable"], page(tale)["questions"]) == (False, [])


def test_each_issue_of_a_pull_request_says_which_leads() -> None:
    tale = Tale(policy(queue={"max_active": 2}))
    tale.queues(1)
    tale.queues(2)
    tale.assigns(2)
    assert [page(tale, n)["leader"] for n in (1, 2)] == [None, None]
    tale.opens(50, "Fixes #1\nFixes #2")
    assert [page(tale, n)["leader"] for n in (1, 2)] == [2, 2]


@pytest.mark.parametrize("may", [True, False])
def test_whom_github_is_asked_about_is_said_until_it_answered(may: bool) -> None:  # noqa: FBT001 (a case of the answer)
    tale = in_review(Tale(has_app=True))
    tale.reviewed("approved", VISITOR, "NONE")
    assert page(tale)["questions"] == ["whether driveby may write here"]
    tale.may_write(50, VISITOR, may=may)
    assert page(tale)["questions"] == []


def test_whether_copilot_ended_is_asked_while_it_was_told_to_work() -> None:
    tale = Tale(has_app=True)
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.finishes()
    tale.commented("@copilot please test it", GRACE, "MEMBER")
    assert "whether Copilot's work on #50 has ended" in page(tale)["questions"]
    tale.finishes()
    assert "whether Copilot's work on #50 has ended" not in page(tale)["questions"]


def test_without_an_app_nothing_is_asked() -> None:
    tale = in_review(Tale(), "no keyword")
    assert page(tale)["questions"] == []


def test_what_was_called_off_was_not_asked_and_is_no_attempt() -> None:
    tale = a_failing(Tale({**policy(), "mode": "live"}))
    assert page(tale)["attempts"]["ask_to_fix_ci"] == 1
    [asked] = tale.workflow().asked("ask_to_fix_ci")
    tale.say(ActionCancelled(action_id=asked.id, issue_number=1, why="it waited too long"))
    again = [each for each in tale.lane.ours.handlings[1].asked if each.kind == "ask_to_fix_ci"]
    assert page(tale)["attempts"]["ask_to_fix_ci"] == len(again) - 1


@pytest.mark.parametrize("mend", ["comment", "agent_merge"])
def test_attempts_and_heads_left_to_agent_merge_are_the_rounds_that_deciding_counts(
    mend: str,
) -> None:
    caps: dict[str, Json] = {"max_attempts": 9}
    tale = Tale({**policy(ci=caps), "mode": "live", "mend": mend}, has_app=True)
    failing(tale, on=False)
    for head, on in (("b", True), ("c", False), ("d", True)):
        tale.agent_merge = on
        fails_again(tale, head)
    shown = page(tale)
    left = shown["agent_merge"]["rounds"]
    assert left >= 2
    assert sum(shown["attempts"].values()) + left == rounds_asked(tale.workflow())


def test_a_session_and_agent_merge_name_the_event_that_told_of_them() -> None:
    tale = drafted()
    tale.minute += 1
    answers(tale, "in_progress")
    assert page(tale)["session"]["position"] == tale.position
    tale = failing(Tale({**policy(), "mode": "live"}, has_app=True), on="silent")
    before = tale.position
    answering(tale, on=True)
    assert page(tale)["agent_merge"]["position"] == before + 1


def test_how_checks_failed_is_shown_with_the_event_that_has_the_lines_of_their_logs() -> None:
    tale = a_failing(Tale(has_app=True))
    assert page(tale)["failure"] is None
    before = tale.position
    tells(tale, workflow="CI", step="Run make test", history={"failed": 7, "of": 50})
    assert page(tale)["failure"] == {
        "position": before + 1,
        "checks": [
            {
                "name": "test",
                "workflow": "CI",
                "step": "Run make test",
                "run_url": None,
                "also_on_base": None,
                "failed": 7,
                "of": 50,
                "flaky": True,
            }
        ],
    }
    tale.checked_again("failure")
    assert page(tale)["failure"] is None  # of another run
