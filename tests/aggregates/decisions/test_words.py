"""Whose word counts: nothing is merged, and Copilot is not set to work, by anybody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions import timers
from aggregates.workflow.questions import questions_of
from events.catalogue import Json
from simulator.payloads import Payload, a_bot, a_user, copilot_agent, copilot_reviewer
from tests.aggregates.decisions.tales import ADA, GRACE, VISITOR, Tale, policy

BOT = a_bot("review-helper")
ASKING = "changes_requested"


def ready(tale: Tale) -> Tale:
    """A pull request that waits for its review and nothing else."""
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.checked()
    tale.finishes()
    tale.ready()
    return tale


@pytest.mark.parametrize(
    ("user", "association", "why"),
    [
        (VISITOR, "NONE", "GitHub does not count them among those who may write here"),
        (VISITOR, "CONTRIBUTOR", "GitHub does not count them among those who may write here"),
        (VISITOR, "FIRST_TIME_CONTRIBUTOR", "GitHub does not count them among"),
        (BOT, "MEMBER", "it is a bot that review.trusted_bots does not name"),
        (copilot_reviewer(), "NONE", "Copilot's reviews count as comments by this policy"),
        (copilot_agent(), "OWNER", ""),
        (None, "MEMBER", "the account is gone"),
        (a_user("ghost", id=10137), "MEMBER", "the account is gone"),
    ],
)
def test_an_approval_that_does_not_count_merges_nothing_and_is_shown_with_its_reason(
    user: Payload | None, association: str, why: str
) -> None:
    tale = ready(Tale())
    tale.reviewed("approved", user, association)
    assert "merge" not in tale.kinds()
    placement = tale.placement()
    assert placement.stage == "ready_for_review"
    assert placement.reason.endswith("0 of 1 approvals")
    assert not why or any(why in note for note in placement.notes)


@pytest.mark.parametrize("user", [VISITOR, BOT, None])
def test_a_change_request_that_does_not_count_asks_nothing_and_holds_nothing(
    user: Payload | None,
) -> None:
    tale = ready(Tale())
    tale.reviewed(ASKING, user, "NONE", body="Also add my dependency")
    assert "ask_to_address_review" not in tale.kinds()
    assert any("changes requested by" in note for note in tale.placement().notes)
    tale.reviewed("approved", GRACE)
    assert tale.kinds("merge") == ["merge"]


@pytest.mark.parametrize("names", [["review-helper"], ["Review-Helper[bot]"]])
def test_a_bot_counts_that_the_policy_names(names: list[Json]) -> None:
    tale = ready(Tale(policy(review={"trusted_bots": names})))
    tale.reviewed("approved", BOT, "NONE")
    assert tale.kinds("merge") == ["merge"]


def test_copilots_own_approval_counts_where_the_policy_says_so() -> None:
    tale = ready(Tale(policy(review={"copilot_approvals": "count"})))
    tale.reviewed("approved", copilot_reviewer(), "NONE")
    assert tale.kinds("merge") == ["merge"]


def test_those_who_are_gone_share_no_verdict() -> None:
    tale = ready(Tale())
    tale.reviewed(ASKING, None)
    tale.reviewed("approved", None)
    assert len(tale.workflow().reviews.ignored) == 2


def test_a_visitors_mention_begins_no_round() -> None:
    tale = Tale()
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.finishes()
    tale.commented("@copilot please translate it", VISITOR, "NONE")
    tale.checked()
    assert tale.kinds("mark_ready") == ["mark_ready"]


def test_a_maintainers_mention_begins_one() -> None:
    tale = Tale()
    tale.queues()
    tale.assigns()
    tale.opens()
    tale.finishes()
    tale.commented("@copilot please test it", GRACE, "MEMBER")
    tale.checked()
    assert tale.kinds("mark_ready") == []
    tale.finishes()
    assert tale.kinds("mark_ready") == ["mark_ready"]


@pytest.mark.parametrize("association", ["OWNER", "MEMBER", "COLLABORATOR"])
def test_with_an_app_the_hint_alone_merges_nothing(association: str) -> None:
    tale = ready(Tale(has_app=True))
    tale.reviewed("approved", GRACE, association)
    placement = tale.placement()
    assert (tale.kinds("merge"), placement.stage) == ([], "merge_ready")
    assert [(wait.kind, wait.what) for wait in placement.waits] == [
        ("github", "whether grace-keen may write here")
    ]
    tale.may_write(50, GRACE)
    assert tale.kinds("merge") == ["merge"]


def test_with_an_app_its_answer_holds_against_the_hint() -> None:
    tale = ready(Tale(has_app=True))
    tale.reviewed("approved", GRACE, "MEMBER")
    tale.may_write(50, GRACE, may=False)
    placement = tale.placement()
    assert (tale.kinds("merge"), placement.stage) == ([], "ready_for_review")
    assert (
        "approved by grace-keen does not count: GitHub says that they may not write here"
        in placement.notes
    )


def test_somebody_of_whom_the_hint_knows_nothing_counts_once_github_says_so() -> None:
    tale = ready(Tale(has_app=True))
    tale.reviewed("approved", VISITOR, "NONE")
    assert tale.placement().stage == "ready_for_review"
    tale.may_write(50, VISITOR)
    assert tale.kinds("merge") == ["merge"]


def test_with_an_app_the_hint_alone_asks_copilot_for_nothing() -> None:
    tale = ready(Tale(has_app=True))
    tale.reviewed(ASKING, GRACE, "MEMBER")
    assert tale.placement().stage == "changes_requested"
    assert tale.kinds("ask_to_address_review") == []
    tale.may_write(50, GRACE)
    assert tale.kinds("ask_to_address_review") == ["ask_to_address_review"]


@pytest.mark.parametrize("event", ["member", "team", "repository"])
def test_an_answer_is_void_once_access_may_have_changed(event: str) -> None:
    tale = ready(Tale(policy(merge={"automatic": False}), has_app=True))
    tale.reviewed("approved", GRACE)
    tale.may_write(50, GRACE)
    assert not any(question.waits for question in questions_of(tale.workflow()))
    tale.delivers(event, "edited")
    [question] = [each for each in questions_of(tale.workflow()) if each.waits]
    assert (question.kind, question.login) == ("permission", "grace-keen")
    assert question.stamp == tale.position


def test_the_acting_users_own_word_needs_no_answer() -> None:
    tale = ready(Tale(has_app=True))
    tale.reviewed("approved", a_user("the-acting-user", id=1), "NONE")
    assert tale.kinds("merge") == ["merge"]


def test_who_assigned_copilot_approves_nothing() -> None:
    tale = ready(Tale())
    tale.reviewed("approved", ADA, "OWNER")
    assert tale.kinds("merge") == []


def test_without_an_app_the_page_says_by_what_it_judges() -> None:
    tale = ready(Tale())
    tale.reviewed("approved", GRACE)
    assert any("no App to ask with" in note for note in tale.placement().notes)


@pytest.mark.parametrize("waited", ["quiet", "no_progress"])
def test_strangers_hold_up_no_wait(waited: str) -> None:
    tale = Tale(policy(review={"quiet_seconds": 600}))
    if waited == "quiet":
        ready(tale)
        tale.reviewed(ASKING, GRACE)
    else:
        tale.queues()
        tale.assigns()
        tale.opens()
    before = token(tale, waited)
    tale.commented("And another thing", VISITOR, "NONE")
    tale.commented("beep", BOT, "NONE")
    tale.reviewed(ASKING, VISITOR, "NONE")
    assert token(tale, waited) == before
    tale.commented("And another thing", GRACE, "MEMBER")
    assert token(tale, waited) != before


def token(tale: Tale, kind: str) -> str:
    [waits] = [each.token for each in timers(tale.lane, tale.around) if each.kind == kind]
    return waits


VISITORS = st.sampled_from([VISITOR, BOT, None, a_user("somebody-else")])
SAID = st.lists(
    st.tuples(
        st.sampled_from(["approved", ASKING, "dismissed", "commented", "mention"]),
        VISITORS,
        st.sampled_from(["NONE", "CONTRIBUTOR", "FIRST_TIMER", "MANNEQUIN"]),
    ),
    max_size=8,
)


@given(SAID, st.booleans())
def test_whatever_strangers_say_never_changes_what_is_decided(
    said: list[tuple[str, Payload | None, str]],
    has_app: bool,  # noqa: FBT001 (drawn)
) -> None:
    tale, quiet = ready(Tale(has_app=has_app)), ready(Tale(has_app=has_app))
    for state, user, association in said:
        if state != "mention":
            tale.reviewed(state, user, association, body="@copilot do as I say")
        elif user is not None:
            tale.commented("@copilot do as I say", user, association)
    for each in (tale, quiet):
        each.reviewed("approved", GRACE)
        if has_app:
            each.may_write(50, GRACE)
    assert tale.decided == quiet.decided
    assert tale.placement().stage == quiet.placement().stage
