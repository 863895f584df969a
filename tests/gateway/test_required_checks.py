"""What a branch requires: rulesets, then classic protection, as far as they may be read."""

import pytest

from gateway import GitHubGateway
from reactions.ports.answers import RequiredChecks
from reactions.ports.failures import Unavailable
from tests.gateway.credentials import REPO
from tests.gateway.scripted import Script

pytestmark = pytest.mark.anyio

RULES = "GET /repos/acme/shop/rules/branches/main"
CLASSIC = "GET /repos/acme/shop/branches/main/protection/required_status_checks"
FORBIDDEN = {"message": "Resource not accessible by integration"}
NOT_PROTECTED = {"message": "Branch not protected"}


def ruled(*checks: dict[str, object]) -> dict[str, object]:
    return {"type": "required_status_checks", "parameters": {"required_status_checks": [*checks]}}


async def test_rulesets_are_read_to_their_last_page(github: GitHubGateway, script: Script) -> None:
    link = {"link": f'<{script.url}/repos/acme/shop/rules/branches/main?page=2>; rel="next"'}
    script.on(RULES, [{"type": "deletion"}, ruled({"context": "test"})], headers=link)
    script.on(RULES, [ruled({"context": "lint", "integration_id": 15368}, {"context": 7})])
    script.on(CLASSIC, NOT_PROTECTED, 404)
    assert await github.required_checks(REPO, "main") == RequiredChecks(
        readable=True, checks=(("test", None), ("lint", 15368))
    )


async def test_classic_protection_asks_as_well(github: GitHubGateway, script: Script) -> None:
    script.on(RULES, [])
    checks = [{"context": "test", "app_id": -1}, {"context": "lint", "app_id": 3}]
    script.on(CLASSIC, {"contexts": ["test", "lint", "old"], "checks": checks})
    assert await github.required_checks(REPO, "main") == RequiredChecks(
        readable=True, checks=(("test", None), ("lint", 3), ("old", None))
    )


async def test_a_branch_may_require_nothing(github: GitHubGateway, script: Script) -> None:
    script.on(RULES, {"message": "Not Found"}, 404)  # a server without rulesets
    script.on(CLASSIC, NOT_PROTECTED, 404)
    assert await github.required_checks(REPO, "main") == RequiredChecks(readable=True)


async def test_what_may_not_be_read_is_not_nothing(github: GitHubGateway, script: Script) -> None:
    script.on(RULES, [])
    script.on(CLASSIC, FORBIDDEN, 403)
    assert await github.required_checks(REPO, "main") == RequiredChecks(readable=False)


async def test_rulesets_that_require_something_are_enough(
    github: GitHubGateway, script: Script
) -> None:
    script.on(RULES, [ruled({"context": "test"})])
    script.on(CLASSIC, FORBIDDEN, 403)
    assert await github.required_checks(REPO, "main") == RequiredChecks(
        readable=True, checks=(("test", None),)
    )


async def test_a_branch_with_slashes_is_one_part_of_the_path(
    github: GitHubGateway, script: Script
) -> None:
    script.on("GET /repos/acme/shop/rules/branches/release%2F1", [])
    path = "GET /repos/acme/shop/branches/release%2F1/protection/required_status_checks"
    script.on(path, NOT_PROTECTED, 404)
    assert (await github.required_checks(REPO, "release/1")).readable


async def test_a_server_that_does_not_answer_is_a_failure(
    github: GitHubGateway, script: Script
) -> None:
    script.on(RULES, {"message": "Server Error"}, 502)
    with pytest.raises(Unavailable):
        await github.required_checks(REPO, "main")
