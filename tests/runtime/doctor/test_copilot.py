"""As whom Copilot is asked, and whether it can work in the repositories."""

from dataclasses import replace

import pytest

from reactions.ports.answers import ActingUser
from reactions.ports.failures import Forbidden, NotFound, Unauthorised
from runtime.doctor.copilot import RepositoryStanding, judge_acting_user, judge_copilot, judge_token
from runtime.doctor.finding import Reading, Unasked, Unread
from tests.runtime.doctor.told import by_check, held, of

NO_USER = Unasked("this takes an acting user", "see the acting user")


def shop(
    assignable: Reading[bool] = True,  # noqa: FBT002 (one of three kinds)
    approval: Reading[bool] = False,  # noqa: FBT002 (one of three kinds)
    name: str = "acme/shop",
    told: Reading[bool] = True,  # noqa: FBT002 (one of three kinds)
) -> RepositoryStanding:
    return RepositoryStanding(name, assignable, approval, told)


@pytest.mark.parametrize(
    ("token", "state"),
    [
        ("github_pat_11AAA", None),
        ("ghp_abc", None),
        ("anything", None),
        ("", None),
        ("ghu_abc", "warning"),
        ("ghs_abc", "problem"),
        ("ghr_abc", "problem"),
    ],
)
def test_a_token_is_judged_by_its_kind(token: str, state: str | None) -> None:
    finding = judge_token(token)
    assert (None if finding is None else held(finding).state) == state


def test_the_acting_user_is_named_or_missed() -> None:
    found = held(judge_acting_user(ActingUser(11, "anna")))
    assert (found.state, found.found) == ("ok", "anna, number 11")
    assert held(judge_acting_user(None)).state == "warning"
    refused = Unread("Bad credentials", failure=Unauthorised("Bad credentials"))
    assert "revoked" in held(judge_acting_user(refused)).advice
    assert judge_acting_user(refused).state == "problem"
    assert held(judge_acting_user(Unread("broken"))).state == "problem"


def test_where_copilot_works_without_asking_all_is_well() -> None:
    assert by_check(judge_copilot([shop()])) == {
        "Copilot": ["ok"],
        "Actions approval": ["ok"],
        "Copilot sessions": ["ok"],
    }


@pytest.mark.parametrize(
    ("knows", "said"),
    [(False, "Copilot is asked in a comment"), (True, "`mend` of the policy may use it")],
)
def test_where_github_knows_no_agent_merge_is_said_and_no_fault(knows: bool, said: str) -> None:  # noqa: FBT001 (a value of a table)
    found = judge_copilot([replace(shop(), knows_agent_merge=knows), shop(name="acme/blog")])
    [finding] = of([*found], "Agent Merge")
    assert (held(finding).state, finding.about) == ("ok", "acme/shop")
    assert said in finding.found


def test_a_repository_without_copilot_may_be_there_to_be_watched() -> None:
    found = list(judge_copilot([shop(assignable=False), shop(name="acme/blog")]))
    assert by_check(found)["Copilot"] == ["warning", "ok"]
    assert [each.about for each in of(found, "Copilot")] == ["acme/shop", "acme/blog"]


def test_copilot_nowhere_is_a_problem() -> None:
    found = judge_copilot([shop(assignable=False), shop(assignable=Unread("no"))])
    assert by_check(found)["Copilot"] == ["problem", "problem"]


def test_without_an_acting_user_copilot_is_not_judged() -> None:
    assert by_check(judge_copilot([shop(assignable=NO_USER)]))["Copilot"] == ["skipped"]


def test_another_agent_that_cannot_be_assigned_is_told_of() -> None:
    lacking = replace(shop(), lacking=("Scribe", "Bard"))
    found = list(judge_copilot([lacking, shop(name="acme/blog")]))
    assert by_check(found)["agents"] == ["warning"]
    [finding] = of(found, "agents")
    assert (finding.found, finding.about) == (
        "the acting user cannot assign Scribe, Bard",
        "acme/shop",
    )


def test_an_approval_that_is_needed_is_to_be_considered() -> None:
    assert by_check(judge_copilot([shop(approval=True)]))["Actions approval"] == ["warning"]


def test_an_approval_setting_that_is_not_read_is_said_to_be_so() -> None:
    words = "Resource not accessible by integration"
    found = judge_copilot([shop(approval=Unread(words, failure=Forbidden(words)))])
    [finding] = of(found, "Actions approval")
    assert (finding.state, finding.found) == ("skipped", f"could not be read: {words}")
    assert "Copilot agent settings" in finding.advice


@pytest.mark.parametrize(
    ("repositories", "state"),
    [([], "skipped"), (Unasked("no", "do"), "skipped"), (Unread("no"), "problem")],
)
def test_without_repositories_there_is_nothing_to_judge(
    repositories: Reading[list[RepositoryStanding]], state: str
) -> None:
    found = by_check(judge_copilot(repositories))
    assert found == {"Copilot": [state], "Actions approval": [state], "Copilot sessions": [state]}


@pytest.mark.parametrize("why", [Unread("Not Found", failure=NotFound("Not Found")), NO_USER])
def test_that_nothing_is_told_of_sessions_is_no_fault_and_says_what_goes_on_without(
    why: Reading[bool],
) -> None:
    [finding] = of(judge_copilot([shop(told=why)]), "Copilot sessions")
    assert held(finding).state == "skipped"
    if isinstance(why, Unread):
        assert "GitHub tells nothing of them: Not Found" in finding.found
        assert "watchdogs" in finding.advice
        assert "Agent tasks" in finding.advice
