"""A whole story over HTTP: an orchestrator's part is played by the test."""

import hmac
from dataclasses import replace
from hashlib import sha256

import pytest

from simulator.payloads import COPILOT_AGENT_ID
from simulator.plan import PeopleHabits, Script
from simulator.simulator import Simulator
from tests.simulator.builders import ROCKET
from tests.simulator.running import (
    REPO,
    Client,
    Receiver,
    a_client,
    a_plan,
    a_receiver,
    a_simulator,
    assign,
    until,
)

pytestmark = pytest.mark.anyio

MARK_READY = """
mutation Ready($id: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft number } }
}
"""


async def play(client: Client, simulator: Simulator, receiver: Receiver) -> None:
    """Bring the first issue home as an orchestrator would."""
    rocket = simulator.repository(ROCKET)
    assert await assign(client) == ["Copilot"]
    await until(lambda: asks_for_review(receiver) == 1 and finished_checks(receiver) >= 3)
    [pull] = (await client.bot("GET", f"{REPO}/pulls")).json()
    assert pull["draft"]
    failed = (await client.bot("GET", f"{REPO}/commits/{pull['head']['sha']}/check-runs")).json()
    assert {run["conclusion"] for run in failed["check_runs"]} == {"failure", "success"}
    comments = f"{REPO}/issues/{pull['number']}/comments"
    await client.user("POST", comments, json={"body": "@copilot The check `test` failed."})
    await until(lambda: asks_for_review(receiver) == 2 and finished_checks(receiver) >= 4)
    ready = await client.graphql(MARK_READY, id=pull["node_id"])
    assert ready["data"]["markPullRequestReadyForReview"]["pullRequest"]["isDraft"] is False
    await until(lambda: not rocket.issue(1).is_open)
    await simulator.delivered()


def asks_for_review(receiver: Receiver) -> int:
    return sum(
        each.name == "pull_request.review_requested"
        and each.payload["sender"]["id"] == COPILOT_AGENT_ID
        for each in receiver.got
    )


def finished_checks(receiver: Receiver) -> int:
    return sum(each.name == "check_suite.completed" for each in receiver.got)


async def test_an_issue_goes_all_the_way() -> None:
    script = Script(ignored_assignments=0, checks=("failure", "success"), reviews=("approved",))
    plan = a_plan(script, files={".github/x.yml": "mode: live"})
    async with (
        a_receiver() as receiver,
        a_simulator(plan, webhook_url=receiver.url) as simulator,
        a_client(simulator) as client,
    ):
        await play(client, simulator, receiver)
        rocket = simulator.repository(ROCKET)
        pull = rocket.pull_requests[0]

        names = [each.name for each in receiver.got]
        assert names[:4] == ["installation.created", "push", "issues.opened", "issues.labeled"]
        for name in (
            "issues.assigned",
            "pull_request.opened",
            "pull_request.synchronize",
            "pull_request.edited",
            "issue_comment.created",
            "check_run.created",
            "workflow_run.completed",
            "pull_request.ready_for_review",
            "pull_request_review.submitted",
            "pull_request.closed",
            "issues.closed",
        ):
            assert name in names
        assert names.index("pull_request.closed") < names.index("issues.closed")
        assert pull.merged
        assert [each.state for each in pull.reviews] == ["approved"]
        assert simulator.manual_steps == {(ROCKET, 1): ["review", "merge"]}
        assert rocket.issue(1).assignee_changes[0].by == "mona-maintains"
        assert all(each.succeeded for each in simulator.attempts)
        for each in receiver.got:
            expected = hmac.new(simulator.webhook_secret.encode(), each.body, sha256).hexdigest()
            assert each.headers["x-hub-signature-256"] == f"sha256={expected}"
            assert each.headers["x-github-hook-installation-target-type"] == "integration"
            assert b"https://api.github.com" not in each.body
        assert len({each.guid for each in receiver.got}) == len(receiver.got)


async def test_a_refused_pull_request_is_reviewed_again_after_another_round() -> None:
    script = Script(
        ignored_assignments=0,
        checks=("success",) * 3,
        reviews=("changes_requested", "approved"),
    )
    async with a_simulator(a_plan(script)) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        await assign(client)
        await until(
            lambda: rocket.pull_requests and not rocket.pull_requests[0].title.startswith("[")
        )
        pull = rocket.pull_requests[0]
        await client.graphql(MARK_READY, id=pull.snapshot()["node_id"])
        await until(lambda: pull.is_refused)
        refused = pull.head_sha
        body = {"body": "@copilot Please do what the review asks for."}
        await client.user("POST", f"{REPO}/issues/{pull.number}/comments", json=body)
        await until(lambda: pull.merged)

        assert [each.state for each in pull.reviews] == ["changes_requested", "approved"]
        assert pull.reviews[0].commit_id == refused != pull.head_sha
        assert simulator.manual_steps[ROCKET, 1] == ["review", "review", "merge"]
        assert pull.comments[-1].by["id"] == COPILOT_AGENT_ID


async def test_runs_that_need_approval_wait_for_a_person() -> None:
    people = PeopleHabits(reviews=False, merges=False)
    plan = replace(a_plan(approve_runs=True), people=people)
    async with a_simulator(plan) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        await assign(client)
        await until(lambda: len(simulator.manual_steps.get((ROCKET, 1), [])) == 1)
        run = rocket.checks.actions_runs[0]
        told = [
            (
                each.payload["workflow_run"]["run_attempt"],
                each.payload["workflow_run"]["conclusion"],
            )
            for each in simulator.happenings
            if each.event == "workflow_run" and each.payload["workflow_run"]["id"] == run.id
        ]

        assert simulator.manual_steps[ROCKET, 1] == ["approve_run"]
        assert told[:2] == [(1, None), (1, "action_required")]


async def test_copilot_that_never_starts_does_so_when_assigned_anew() -> None:
    script = Script(ignored_assignments=1)
    async with a_simulator(a_plan(script)) as simulator, a_client(simulator) as client:
        rocket = simulator.repository(ROCKET)
        await assign(client)
        before = simulator.clock.elapsed
        await until(lambda: simulator.clock.elapsed > before + 600)
        assert rocket.pull_requests == []

        body = {"assignees": ["copilot-swe-agent[bot]"]}
        await client.user("DELETE", f"{REPO}/issues/1/assignees", json=body)
        await assign(client)
        await until(lambda: rocket.pull_requests)


async def test_what_goes_wrong_inside_ends_the_block_that_runs_it() -> None:
    def fail() -> None:
        raise RuntimeError("an actor failed")

    async def run() -> None:
        async with a_simulator(a_plan()) as simulator:
            simulator.clock.after(1, fail)
            await until(lambda: False)

    with pytest.raises(RuntimeError, match="an actor failed"):
        await run()


async def test_an_error_of_the_block_itself_stays_as_it_is() -> None:
    with pytest.raises(LookupError):
        async with a_simulator(a_plan()):
            raise LookupError


async def test_the_same_seed_gives_the_same_story() -> None:
    first, second, other = [await the_story(seed) for seed in (7, 7, 8)]
    assert first == second
    assert first != other


async def the_story(seed: int) -> dict[str, list[str]]:
    """What happened to each thing, in a run in which only the assignments come from outside."""
    plan = replace(a_plan(*[Script()] * 4), seed=seed)
    async with a_simulator(plan) as simulator, a_client(simulator) as client:
        for number in (1, 2, 3, 4):
            await assign(client, number)
        await until(lambda: simulator.clock.next_due is None)
        story: dict[str, list[str]] = {}
        for each in simulator.happenings:
            about, _, what = each.name.partition(" ")
            conclusion = (each.payload.get("check_run") or {}).get("conclusion")
            story.setdefault(about, []).append(f"{what} {conclusion}")
        return {about: sorted(told) for about, told in story.items()}
