"""Asking Copilot to work and to review."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from gateway import Access, AppKey, GitHubGateway
from reactions.ports.answers import Answer, Assignment
from reactions.ports.failures import Refused, Unauthorised
from tests.agents import SCRIBE
from tests.gateway.bodies import AGENT, ANNA, REVIEWER, a_pull_request, an_issue
from tests.gateway.credentials import FIRST, REPO, USER_TOKEN
from tests.gateway.scripted import Script
from tests.gateway.watch import Watch

pytestmark = pytest.mark.anyio

ASSIGNEES = "POST /repos/acme/shop/issues/7/assignees"
REVIEWERS = "POST /repos/acme/shop/pulls/8/requested_reviewers"
GRAPHQL = "POST /graphql"
WISHES = Assignment("main", "Keep it small.", "tester", "a-model")


async def test_copilot_is_assigned_as_the_acting_user(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ASSIGNEES, an_issue(assignees=[ANNA, AGENT]), 201)
    answer = await github.assign(REPO, 7, WISHES)
    assert answer == Answer(201, "R:1", {"assignee_id": AGENT["id"]})
    asked = script.the(ASSIGNEES)
    assert asked.bearer == USER_TOKEN
    assert asked.body == {
        "assignees": ["copilot-swe-agent[bot]"],
        "agent_assignment": {
            "target_repo": "acme/shop",
            "base_branch": "main",
            "custom_instructions": "Keep it small.",
            "custom_agent": "tester",
            "model": "a-model",
        },
    }


async def test_what_is_not_wished_for_is_left_to_github(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ASSIGNEES, an_issue(assignees=[AGENT]), 201)
    await github.assign(REPO, 7, Assignment())
    assert script.the(ASSIGNEES).body["agent_assignment"] == {"target_repo": "acme/shop"}


@pytest.mark.parametrize("assignees", [[], [ANNA], [{**AGENT, "id": 1}], None])
async def test_an_assignment_that_github_ignored_is_refused(
    github: GitHubGateway, script: Script, assignees: object
) -> None:
    script.on(ASSIGNEES, an_issue(assignees=assignees), 201)
    with pytest.raises(Refused, match="GitHub did not assign Copilot") as refused:
        await github.assign(REPO, 7, WISHES)
    assert (refused.value.status, refused.value.request_id) == (201, "R:1")


async def test_another_agent_is_assigned_by_its_login_and_told_nothing_of_what_copilot_takes(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ASSIGNEES, an_issue(assignees=[{"id": SCRIBE.user_id}]), 201)
    answer = await github.assign(REPO, 7, replace(WISHES, agent=SCRIBE))
    assert answer.ids == {"assignee_id": SCRIBE.user_id}
    assert script.the(ASSIGNEES).body == {"assignees": ["scribe-agent[bot]"]}


async def test_another_agent_that_takes_them_is_told_the_policys_wishes(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ASSIGNEES, an_issue(assignees=[{"id": SCRIBE.user_id}]), 201)
    await github.assign(REPO, 7, replace(WISHES, agent=replace(SCRIBE, options=True)))
    assert script.the(ASSIGNEES).body["agent_assignment"]["base_branch"] == "main"


async def test_copilot_in_the_place_of_another_agent_is_refused(
    github: GitHubGateway, script: Script
) -> None:
    script.on(ASSIGNEES, an_issue(assignees=[AGENT]), 201)
    with pytest.raises(Refused, match="GitHub did not assign Scribe"):
        await github.assign(REPO, 7, Assignment(agent=SCRIBE))


async def test_copilot_is_asked_to_review(github: GitHubGateway, script: Script) -> None:
    script.on(REVIEWERS, a_pull_request(requested_reviewers=[REVIEWER]), 201)
    answer = await github.request_copilot_review(REPO, 8)
    assert answer == Answer(201, "R:1", {"reviewer_id": REVIEWER["id"]})
    asked = script.the(REVIEWERS)
    assert asked.bearer == USER_TOKEN
    assert asked.body == {"reviewers": ["copilot-pull-request-reviewer[bot]"]}


async def test_a_review_request_that_github_ignored_is_refused(
    github: GitHubGateway, script: Script
) -> None:
    script.on(REVIEWERS, a_pull_request(requested_reviewers=[AGENT]), 201)
    with pytest.raises(Refused, match="GitHub did not request Copilot's review"):
        await github.request_copilot_review(REPO, 8)


@pytest.mark.parametrize(
    ("actors", "ids"),
    [([{"databaseId": AGENT["id"]}, {}], {AGENT["id"]}), ([{}, {"databaseId": 5}], {5}), ([], ())],
)
async def test_it_is_known_which_agents_can_be_assigned(
    github: GitHubGateway, script: Script, actors: list[object], ids: Collection[int]
) -> None:
    script.on(GRAPHQL, {"data": {"repository": {"suggestedActors": {"nodes": actors}}}})
    assert await github.assignable_bots(REPO) == frozenset(ids)
    asked = script.the(GRAPHQL)
    assert asked.body["variables"] == {"owner": "acme", "name": "shop"}
    assert "CAN_BE_ASSIGNED" in asked.body["query"]


async def test_without_an_acting_user_only_what_an_app_may_is_asked(
    script: Script, key: AppKey, watch: Watch
) -> None:
    script.on(REVIEWERS, a_pull_request(), 201)
    async with GitHubGateway(Access(script.url, key), watch) as github:
        await github.request_copilot_review(REPO, 8)
        assert script.the(REVIEWERS).bearer == FIRST
        asked = len(script.asked)
        with pytest.raises(Unauthorised, match="set ORCHESTRATOR_ACTING_USER_TOKEN"):
            await github.assign(REPO, 7, WISHES)
        with pytest.raises(Unauthorised, match="there is no acting user"):
            await github.comment(REPO, 7, "@copilot go on", as_user=True)
    assert len(script.asked) == asked
