"""A session that will not go on by itself is told to a person once, with its link; others not."""

import pytest

from aggregates.lane import Lane
from aggregates.stages import Stage
from aggregates.workflow.questions import Question
from aggregates.workflow.sessions import without_pull_request
from events.catalogue import Json, WorkflowReleased, WorkflowTakenOver
from tests.aggregates.builders import a_lane, a_pull_request_seen, an_assigned_issue
from tests.aggregates.decisions.tales import ADA, Tale
from tests.projections.builders import at

LINK = "https://github.com/orbit-works/rocket/tasks/7"
STOPPED = {
    "failed": ("session_failed", "Copilot's session failed"),
    "timed_out": ("session_failed", "Copilot's session took longer than GitHub lets it"),
    "waiting_for_user": ("session_waits", "Copilot's session waits for a person"),
    "cancelled": ("session_cancelled", "Copilot's session was cancelled by a person"),
}


def drafted() -> Tale:
    """Copilot works on a draft."""
    tale = Tale(has_app=True)
    tale.queues()
    tale.assigns()
    tale.opens(draft=True, title="[WIP] Something")
    return tale


def answers(tale: Tale, state: str, minutes: int | None = None, link: str | None = LINK) -> None:
    """GitHub tells how the session stands, which moved just now, or back then."""
    moved = at(tale.minute if minutes is None else minutes)
    told: dict[str, Json] = {
        "number": 1,
        "id": "7",
        "state": state,
        "html_url": link,
        "updated_at": moved,
    }
    tale.answers("session", 50, **told)


def sessions_asked(tale: Tale) -> list[Question]:
    return [each for each in tale.questions() if each.kind == "session"]


def test_a_task_of_whatever_name_is_handed_over_and_no_lane_is_stuck_by_it() -> None:
    """What tells one hand-over from others is bounded: nothing could be decided of a longer one."""
    tale = drafted()
    tale.minute += 1
    moved: dict[str, Json] = {"state": "failed", "updated_at": at(tale.minute)}
    for letter in "ab":
        tale.answers("session", 50, number=1, id=letter * 255, **moved)
    handed = [each for each in tale.decisions if each.kind == "hand_to_person"]
    assert len({each.token for each in handed}) == len(handed) == 2


@pytest.mark.parametrize(("state", "told"), STOPPED.items())
def test_a_person_is_told_once_with_the_link(state: str, told: tuple[str, str]) -> None:
    tale = drafted()
    tale.minute += 1
    moved = tale.minute
    answers(tale, state)
    placement = tale.placement()
    assert (placement.stage, placement.rule) == (Stage.NEEDS_HUMAN, told[0])
    assert placement.reason.startswith(told[1])
    [handed] = [each for each in tale.decisions if each.kind == "hand_to_person"]
    assert LINK in str(handed.parameters["body"])

    answers(tale, state, moved)
    assert [each.kind for each in tale.decisions].count("hand_to_person") == 1


@pytest.mark.parametrize("state", ["queued", "in_progress", "completed", "idle", "new_to_us"])
def test_of_one_that_goes_on_or_ended_well_nobody_is_told(state: str) -> None:
    tale = drafted()
    tale.minute += 1
    answers(tale, state)
    assert tale.placement().stage == Stage.DRAFT
    assert "hand_to_person" not in [each.kind for each in tale.decisions]


def test_where_github_tells_nothing_nobody_is_told() -> None:
    tale = drafted()
    tale.answers("session", 50, number=1, state="unsupported")
    assert tale.placement().stage == Stage.DRAFT


def test_one_that_moved_before_copilot_was_started_is_of_another_round() -> None:
    tale = drafted()
    answers(tale, "failed", 0)
    assert tale.placement().stage == Stage.DRAFT


def test_who_tells_copilot_to_go_on_ends_the_hold() -> None:
    tale = drafted()
    tale.minute += 1
    answers(tale, "failed")
    tale.commented("@copilot go on", ADA, "MEMBER")
    tale.may_write(50, ADA)
    assert tale.placement().stage == Stage.DRAFT


def test_who_retries_or_releases_it_ends_the_hold_until_there_is_news() -> None:
    tale = drafted()
    tale.minute += 1
    answers(tale, "failed")
    tale.minute += 1
    tale.say(WorkflowTakenOver(issue_number=1, reason="mine"))
    tale.say(WorkflowReleased(issue_number=1, reason="yours"))
    assert tale.placement().stage == Stage.DRAFT


def test_on_what_a_person_marked_ready_no_session_is_waited_for() -> None:
    tale = drafted()
    tale.minute += 1
    answers(tale, "failed")
    tale.ready()
    assert tale.placement().stage == Stage.READY_FOR_REVIEW
    assert sessions_asked(tale) == []


def test_it_is_asked_for_while_copilot_works_and_after_it_failed() -> None:
    tale = Tale(has_app=True)
    tale.queues()
    assert sessions_asked(tale) == []
    tale.assigns()
    assert [each.pull_request_number for each in sessions_asked(tale)] == [0]
    tale.opens(draft=True)
    assert [each.pull_request_number for each in sessions_asked(tale)] == [50]
    tale.minute += 1
    answers(tale, "failed")
    assert len(sessions_asked(tale)) == 1
    assert not any(each.waits for each in sessions_asked(tale))
    tale.minute += 1
    answers(tale, "completed")
    assert sessions_asked(tale) == []


def test_without_somebody_as_whom_to_ask_nothing_is_asked() -> None:
    tale = drafted()
    tale.around.acting.clear()
    assert sessions_asked(tale) == []


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x/@copilot", "https://a b", None])
def test_an_address_that_could_write_our_comment_is_left_out(link: str | None) -> None:
    tale = drafted()
    tale.minute += 1
    answers(tale, "failed", link=link)
    [handed] = [each for each in tale.decisions if each.kind == "hand_to_person"]
    assert "to look at the session" in str(handed.parameters["body"])


def test_issues_that_copilot_has_and_has_opened_nothing_for() -> None:
    def having(*, issue_open: bool, pull_open: bool | None = None) -> Lane:
        state = "open" if issue_open else "closed"
        pulls = [] if pull_open is None else [a_pull_request_seen()]
        if pull_open is False:
            pulls = [a_pull_request_seen(state="closed")]
        return a_lane(*pulls, issue=an_assigned_issue(state=state))

    assert without_pull_request(having(issue_open=True)) == (1,)
    assert without_pull_request(having(issue_open=True, pull_open=False)) == (1,)
    assert without_pull_request(having(issue_open=True, pull_open=True)) == ()
    assert without_pull_request(having(issue_open=False)) == ()
