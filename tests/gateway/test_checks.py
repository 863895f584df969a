"""Telling people, on the commit, whether their policy file is valid."""

import pytest

from events.catalogue import PolicyProblem
from gateway import GitHubGateway
from reactions.ports.answers import Answer
from tests.gateway.credentials import FIRST, REPO
from tests.gateway.scripted import Script

pytestmark = pytest.mark.anyio

CHECK_RUNS = "POST /repos/acme/shop/check-runs"
COMMIT = "d" * 40


async def test_a_valid_policy_is_a_success(github: GitHubGateway, script: Script) -> None:
    script.on(CHECK_RUNS, {"id": 5}, 201)
    answer = await github.report_policy(REPO, COMMIT, [])
    assert answer == Answer(201, "R:1", {"check_run_id": 5})
    assert script.the(CHECK_RUNS).bearer == FIRST
    assert script.the(CHECK_RUNS).body == {
        "name": "Copilot orchestrator policy",
        "head_sha": COMMIT,
        "status": "completed",
        "conclusion": "success",
        "output": {
            "title": "The policy is valid",
            "summary": "The policy of this commit applies.",
        },
    }


async def test_problems_are_a_failure_and_each_is_said(
    github: GitHubGateway, script: Script
) -> None:
    script.on(CHECK_RUNS, {"id": 5}, 201)
    problems = [
        PolicyProblem(path="ci.max_attempts", message="expected a number, found 'many'"),
        PolicyProblem(path="", message="expected a mapping\n```\n<b>of</b> settings"),
    ]
    await github.report_policy(REPO, COMMIT, problems)
    body = script.the(CHECK_RUNS).body
    assert (body["conclusion"], body["output"]["title"]) == ("failure", "2 problems")
    assert body["output"]["summary"].splitlines()[2:] == [
        "```text",
        "ci.max_attempts: expected a number, found 'many'",
        "the file: expected a mapping ''' <b>of</b> settings",
        "```",
    ]
