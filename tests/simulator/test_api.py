"""What the API answers, to whom."""

import base64
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from simulator.http.limits import Allowance
from simulator.plan import CopilotHabits, IssuePlan, Plan, RepositoryPlan
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER, COPILOT_REVIEWER, OWNER, READER, VISITOR
from simulator.state.app_key import a_new_key
from tests.simulator.builders import ROCKET
from tests.simulator.running import (
    REPO,
    Client,
    a_client,
    a_simulator,
    an_app_jwt,
    assign,
    until,
)

pytestmark = pytest.mark.anyio

POLICY = ".github/policy.yml"
ASSIGNEES = {"assignees": ["copilot-swe-agent[bot]", "nobody-knows", "ravi-reviews"]}


def the_plan() -> Plan:
    issues = tuple(IssuePlan(title=f"Issue {n}", labels=("status:queued",)) for n in range(1, 6))
    repository = RepositoryPlan(
        full_name=ROCKET,
        issues=issues,
        files={POLICY: "mode: live\n" * 20},
        required_checks=("test",),
        required_approvals=1,
    )
    probe = RepositoryPlan(full_name="orbit-works/probe")
    habits = CopilotHabits(never_starts=0.0, works_for=(60, 120))
    return Plan(repositories=(repository, probe), speed=600, copilot=habits)


@pytest.fixture
async def simulator(anyio_backend: str) -> AsyncIterator[Simulator]:
    assert anyio_backend
    async with a_simulator(the_plan()) as running:
        yield running


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[Client]:
    async with a_client(simulator) as one:
        yield one


async def test_the_app_proves_itself_by_a_jwt(client: Client) -> None:
    app = await client.app("GET", "/app")
    installations = await client.app("GET", "/app/installations")

    assert app.json()["id"] == client.simulator.app_id
    assert [each["id"] for each in installations.json()] == [client.simulator.installation_id]


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"exp": 900}, "too far in the future"),
        ({"exp": -1}, "future time"),
        ({"iat": 120}, "'Issued at'"),
    ],
)
async def test_a_jwt_out_of_bounds_is_refused(
    client: Client, claims: dict[str, int], said: str
) -> None:
    now = int(time.time())
    token = an_app_jwt(client.simulator, **{name: now + at for name, at in claims.items()})

    answer = await client.send("GET", "/app", token)

    assert answer.status_code == 401
    assert said in answer.json()["message"]


async def test_a_jwt_of_another_app_or_key_is_refused(client: Client) -> None:
    async with Simulator(the_plan(), app_key=a_new_key()) as other:
        stranger = an_app_jwt(other)
    another_app = an_app_jwt(client.simulator, iss="1")

    for token in (stranger, another_app, "ghs_none", "eyJ.x.y"):
        assert (await client.send("GET", "/app", token)).status_code == 401
    assert (await client.http.get("/app")).json()["message"] == "Requires authentication"


async def test_an_installation_token_reaches_what_it_was_limited_to(client: Client) -> None:
    simulator = client.simulator
    path = f"/app/installations/{simulator.installation_id}/access_tokens"
    probe = simulator.repository("orbit-works/probe")
    asked = {"repository_ids": [probe.id], "permissions": {"issues": "read"}}

    given = await client.app("POST", path, json=asked)

    token = given.json()["token"]
    listed = await client.send("GET", "/installation/repositories", token)
    assert given.status_code == 201
    assert [each["full_name"] for each in listed.json()["repositories"]] == ["orbit-works/probe"]
    assert (await client.send("GET", f"{REPO}/issues", token)).status_code == 404
    probed = "/repos/orbit-works/probe"
    assert (await client.send("GET", f"{probed}/issues", token)).status_code == 200
    assert (await client.send("GET", f"{probed}/pulls", token)).status_code == 403
    labels = {"labels": ["x"]}
    assert (
        await client.send("POST", f"{probed}/issues/1/labels", token, labels)
    ).status_code == 403
    more = await client.app("POST", path, json={"permissions": {"administration": "write"}})
    assert more.status_code == 422


async def test_a_user_token_belongs_to_a_person(client: Client) -> None:
    assert (await client.user("GET", "/user")).json()["login"] == "mona-maintains"
    assert (await client.bot("GET", "/user")).status_code == 403
    asked = ("POST", f"{REPO}/issues/1/labels")
    for user, status in ((VISITOR, 404), (READER, 403), (ACTING_USER, 200)):
        token = client.simulator.new_user_token(user)
        assert (await client.send(*asked, token, {"labels": ["x"]})).status_code == status


async def test_every_answer_tells_of_the_limits_and_the_request(client: Client) -> None:
    answers = [
        await client.bot("GET", REPO),
        await client.bot("GET", "/no/such/path"),
        await client.http.get("/meta"),
        await client.http.get("/app"),
    ]
    for answer in answers:
        assert answer.headers["x-github-request-id"]
        assert int(answer.headers["x-ratelimit-remaining"]) >= 0
        assert int(answer.headers["x-ratelimit-reset"]) > time.time()
    unknown = answers[1]
    assert (unknown.status_code, unknown.json()["message"]) == (404, "Not Found")
    assert "documentation_url" in unknown.json()


async def test_requests_are_counted_by_the_kind_of_their_path(client: Client) -> None:
    await client.bot("GET", f"{REPO}/issues/1")
    await client.bot("GET", f"{REPO}/issues/2")
    assert client.simulator.served == {("GET", "/repos/{owner}/{repo}/issues/{number}"): 2}


async def test_lists_come_in_pages(client: Client) -> None:
    first = await client.bot("GET", f"{REPO}/issues?per_page=2&state=all")
    numbers = [each["number"] for each in first.json()]
    while "next" in first.links:
        first = await client.bot("GET", first.links["next"]["url"])
        numbers += [each["number"] for each in first.json()]

    assert numbers == [5, 4, 3, 2, 1]
    assert client.simulator.served.total() == 3
    assert {"prev", "first"} == first.links.keys()


async def test_issues_are_listed_with_pull_requests_and_since_a_time(client: Client) -> None:
    rocket = client.simulator.repository(ROCKET)
    pull = rocket.copilot_opens(rocket.issue(1))
    rocket.issue(2).close("completed", OWNER)

    listed = (await client.bot("GET", f"{REPO}/issues")).json()
    since = (await client.bot("GET", f"{REPO}/issues?state=all&since={pull.created_at}")).json()

    assert [each["number"] for each in listed] == [6, 5, 4, 3, 1]
    assert listed[0]["pull_request"]["url"].endswith("/pulls/6")
    assert [each["number"] for each in since] == [6, 2]


async def test_only_a_user_can_start_copilot(client: Client) -> None:
    bot = await client.bot("POST", f"{REPO}/issues/1/assignees", json=ASSIGNEES)
    user = await client.user("POST", f"{REPO}/issues/2/assignees", json=ASSIGNEES)

    assert (bot.status_code, user.status_code) == (201, 201)
    assert [each["login"] for each in bot.json()["assignees"]] == ["ravi-reviews"]
    assert [each["login"] for each in user.json()["assignees"]] == ["Copilot", "ravi-reviews"]


async def test_an_assignment_can_be_ignored_silently(client: Client) -> None:
    client.simulator.ignore_assignees()

    assert await assign(client) == []
    assert await assign(client) == ["Copilot"]


@pytest.mark.parametrize("speaker", ["visitor", "bot"])
async def test_copilot_listens_only_to_those_who_may_write(client: Client, speaker: str) -> None:
    simulator = client.simulator
    rocket = simulator.repository(ROCKET)
    pull = rocket.copilot_opens(rocket.issue(1))
    path, said = f"{REPO}/issues/{pull.number}/comments", {"body": "@copilot please look"}

    if speaker == "bot":
        assert (await client.bot("POST", path, json=said)).status_code == 201
    else:
        pull.comment(said["body"], VISITOR)
    await until(lambda: simulator.clock.elapsed > 300)
    assert len(pull.commits) == 1

    await client.user("POST", path, json=said)
    await until(lambda: len(pull.commits) == 2)


async def test_comments_and_labels_are_written_and_read(client: Client) -> None:
    path = f"{REPO}/issues/1"
    said = await client.bot("POST", f"{path}/comments", json={"body": "Queued."})
    comment = said.json()
    edited = f"{REPO}/issues/comments/{comment['id']}"
    assert (await client.user("PATCH", edited, json={"body": "?"})).status_code == 403
    await client.bot("PATCH", edited, json={"body": "Started."})

    assert comment["performed_via_github_app"]["id"] == client.simulator.app_id
    listed = (await client.bot("GET", f"{path}/comments")).json()
    assert [each["body"] for each in listed] == ["Started."]
    assert (await client.bot("POST", f"{path}/comments", json={"body": ""})).status_code == 422
    await client.bot("POST", f"{path}/labels", json={"labels": ["status:draft"]})
    kept = await client.bot("DELETE", f"{path}/labels/Status:Queued")
    assert [each["name"] for each in kept.json()] == ["status:draft"]
    gone = await client.bot("DELETE", f"{path}/labels/status:queued")
    assert (gone.status_code, gone.json()["message"]) == (404, "Label does not exist")
    changes = client.simulator.repository(ROCKET).issue(1).label_changes
    assert [(each.name, each.added) for each in changes] == [
        ("status:draft", True),
        ("status:queued", False),
    ]


async def test_files_are_read_at_any_commit(client: Client) -> None:
    rocket = client.simulator.repository(ROCKET)
    before = rocket.branches["main"]
    rocket.write_file(POLICY, "mode: shadow\n")

    now = (await client.bot("GET", f"{REPO}/contents/{POLICY}")).json()
    then = (await client.bot("GET", f"{REPO}/contents/{POLICY}?ref={before}")).json()

    assert base64.b64decode(now["content"]).decode() == "mode: shadow\n"
    assert base64.b64decode(then["content"]).decode() == "mode: live\n" * 20
    assert (await client.bot("GET", f"{REPO}/contents/none.yml")).status_code == 404
    assert (await client.bot("GET", f"{REPO}/contents/{POLICY}?ref=none")).status_code == 404


async def test_rules_are_those_of_the_ruleset(client: Client) -> None:
    rules = (await client.bot("GET", f"{REPO}/rules/branches/main")).json()
    by_type = {each["type"]: each.get("parameters") for each in rules}

    required = by_type["required_status_checks"]["required_status_checks"]
    assert [each["context"] for each in required] == ["test"]
    assert by_type["pull_request"]["required_approving_review_count"] == 1
    assert (await client.bot("GET", f"{REPO}/rules/branches/copilot/fix-1")).json() == []


async def test_copilot_reviews_what_it_is_asked_to(client: Client) -> None:
    rocket = client.simulator.repository(ROCKET)
    pull = rocket.copilot_opens(rocket.issue(1))
    path = f"{REPO}/pulls/{pull.number}"
    asked = {"reviewers": ["copilot-pull-request-reviewer[bot]"]}

    answer = await client.user("POST", f"{path}/requested_reviewers", json=asked)
    await until(lambda: pull.reviews)

    [review] = (await client.bot("GET", f"{path}/reviews")).json()
    assert answer.status_code == 201
    assert (review["state"], review["user"]["id"]) == ("COMMENTED", COPILOT_REVIEWER["id"])
    assert answer.json()["requested_reviewers"][0]["id"] == COPILOT_REVIEWER["id"]


async def test_a_merge_is_checked(client: Client) -> None:
    rocket = client.simulator.repository(ROCKET)
    rocket.required_checks, rocket.required_approvals = (), 0
    pull = rocket.copilot_opens(rocket.issue(1))
    path = f"{REPO}/pulls/{pull.number}/merge"

    assert (await client.bot("PUT", path, json={})).status_code == 405
    pull.mark_ready(OWNER)
    assert (await client.bot("PUT", path, json={"sha": "0" * 40})).status_code == 409
    merged = await client.bot("PUT", path, json={"sha": pull.head_sha})
    assert merged.json()["merged"]
    assert not rocket.issue(1).is_open
    assert (await client.bot("PUT", path, json={})).status_code == 405


async def test_checks_of_a_commit_are_read_in_every_form(client: Client) -> None:
    simulator = client.simulator
    rocket = simulator.repository(ROCKET)
    pull = rocket.copilot_opens(rocket.issue(1))
    await until(lambda: rocket.checks.are_fine(pull.head_sha))
    commit = f"{REPO}/commits/{pull.head_sha}"

    runs = (await client.bot("GET", f"{commit}/check-runs")).json()
    suites = (await client.bot("GET", f"{commit}/check-suites")).json()
    by_branch = (await client.bot("GET", f"{REPO}/commits/copilot/fix-1/check-runs")).json()
    actions = (await client.bot("GET", f"{REPO}/actions/runs?head_sha={pull.head_sha}")).json()
    status = (await client.bot("GET", f"{commit}/status")).json()

    assert sorted(each["name"] for each in runs["check_runs"]) == ["lint", "test"]
    assert runs["total_count"] == by_branch["total_count"] == 2
    assert runs["check_runs"][0]["check_suite"] == {"id": suites["check_suites"][0]["id"]}
    assert [each["conclusion"] for each in actions["workflow_runs"]] == ["success"]
    assert (status["state"], status["total_count"]) == ("pending", 0)


async def test_the_app_runs_a_check_of_its_own(client: Client) -> None:
    rocket = client.simulator.repository(ROCKET)
    sha = rocket.branches["main"]
    asked = {"name": "policy", "head_sha": sha, "status": "in_progress"}

    made = await client.bot("POST", f"{REPO}/check-runs", json=asked)
    done = {"conclusion": "neutral", "output": {"title": "Invalid", "summary": "line 3"}}
    ended = await client.bot("PATCH", f"{REPO}/check-runs/{made.json()['id']}", json=done)

    assert (made.status_code, made.json()["status"]) == (201, "in_progress")
    assert (ended.json()["conclusion"], ended.json()["output"]["title"]) == ("neutral", "Invalid")
    assert (await client.user("POST", f"{REPO}/check-runs", json=asked)).status_code == 403
    said = await client.bot("POST", f"{REPO}/commits/{sha}/comments", json={"body": "Invalid."})
    assert said.status_code == 201


async def test_an_answer_that_did_not_change_need_not_be_sent_again(client: Client) -> None:
    first = await client.bot("GET", f"{REPO}/issues/1")
    token = client.simulator.user_token
    again = await client.send(
        "GET", f"{REPO}/issues/1", token, **{"if-none-match": first.headers["etag"]}
    )
    assert again.status_code == 304


async def test_too_many_requests_are_refused(client: Client) -> None:
    limits = client.simulator.site.limits
    limits.allowance = replace(Allowance(), content_an_hour=1)
    path = f"{REPO}/issues/1/comments"
    assert (await client.bot("POST", path, json={"body": "1"})).status_code == 201
    second = await client.bot("POST", path, json={"body": "2"})
    assert second.status_code == 403
    assert "secondary rate limit" in second.json()["message"]
    assert 1 <= int(second.headers["retry-after"]) <= 6
    client.simulator.clock.advance(3600)
    assert (await client.bot("POST", path, json={"body": "3"})).status_code == 201

    limits.allowance = Allowance(requests_an_hour=2)
    await client.bot("GET", REPO)
    over = await client.bot("GET", REPO)
    assert (over.status_code, over.headers["x-ratelimit-remaining"]) == (403, "0")
    assert "API rate limit exceeded" in over.json()["message"]


async def test_a_body_that_is_no_json_is_refused(client: Client) -> None:
    headers = {"authorization": f"Bearer {client.simulator.user_token}"}
    answer = await client.http.post(f"{REPO}/issues/1/labels", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")
