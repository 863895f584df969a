"""The checks of a repository over HTTP."""

import pytest

from runtime.database import Database
from simulator.payloads import a_check_run, a_check_suite, a_repository
from simulator.payloads.deliveries import check_run
from tests.api.answers import assert_problem
from tests.service import Client, project

pytestmark = pytest.mark.anyio

ROCKET = a_repository()


async def test_a_repositorys_checks_are_listed_with_how_often_they_failed(
    client: Client, store: Database
) -> None:
    suite = a_check_suite(repository=ROCKET, head_branch="main")
    run = a_check_run(repository=ROCKET, conclusion="failure") | {"check_suite": suite}
    await client.deliver("check_run", check_run(repository=ROCKET, check_run=run))
    await project(store)
    answer = await client.get(f"/api/repositories/{ROCKET['id']}/checks")
    assert answer.json() == {"items": [{"name": "test", "failed": 1, "of": 1}]}


async def test_of_a_repository_that_nobody_knows_there_are_none(client: Client) -> None:
    answer = await client.get("/api/repositories/1/checks")
    assert_problem(answer, 404, "repository_not_found")
