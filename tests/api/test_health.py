"""Whether the service lives and can do its work, for everybody and for who has the token."""

from dataclasses import replace
from functools import partial

import pytest

from projections.activity import ACTIVITY
from projections.engine.checkpoints import restart
from projections.registry import PROJECTIONS
from runtime.database import Database
from simulator.payloads.deliveries import issues
from tests.api.answers import assert_problem
from tests.api.documented import Nowhere
from tests.service import Client, Unreliable, app_over, client_of, project

pytestmark = pytest.mark.anyio

LIVE, READY = "/api/health/live", "/api/health/ready"


async def test_a_living_process_says_so_and_asks_nobody() -> None:
    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.get(LIVE)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_a_stranger_learns_the_bare_status(client: Client) -> None:
    answer = await client.http.get(READY)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_with_the_token_it_tells_how_far_everything_is(
    client: Client, store: Database
) -> None:
    await client.deliver("issues", issues())
    await project(store)
    await client.deliver("issues", issues())
    answer = await client.get(READY)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": store.dialect,
        "head": 2,
        "projections": {
            projection.name: {"position": 1, "lag": 1, "parked": 0} for projection in PROJECTIONS
        },
    }


async def test_with_the_token_it_tells_what_a_newer_release_makes(
    client: Client, store: Database
) -> None:
    newer = replace(ACTIVITY, version=ACTIVITY.version + 1)
    await store.write(partial(restart, projection=newer))
    shown = (await client.get(READY)).json()["projections"][ACTIVITY.name]
    assert shown == {"position": 0, "lag": 0, "parked": 0, "newer": True}


async def test_a_wrong_token_is_refused_although_none_is_needed(client: Client) -> None:
    answer = await client.http.get(READY, headers={"Authorization": "Bearer wrong"})
    assert_problem(answer, 401, "token_invalid")


@pytest.mark.parametrize(
    ("away", "wrong"),
    [
        (("append",), ["the log cannot be appended to: OperationalError: the database is away"]),
        (("read",), ["the log cannot be read: OperationalError: the database is away"]),
        (
            ("append", "read"),
            [
                "the log cannot be appended to: OperationalError: the database is away",
                "the log cannot be read: OperationalError: the database is away",
            ],
        ),
    ],
    ids=["append", "read", "both"],
)
async def test_it_is_not_ready_without_its_log(
    store: Database, away: tuple[str, ...], wrong: list[str]
) -> None:
    async with client_of(app_over(Unreliable(store, *away))) as client:
        bare = await client.http.get(READY)
        assert (bare.status_code, bare.json()) == (503, {"status": "unavailable"})
        detailed = await client.get(READY)
        assert detailed.status_code == 503
        assert detailed.json()["status"] == "unavailable"
        assert detailed.json()["wrong"] == wrong
        assert (await client.http.get(LIVE)).status_code == 200


async def test_other_writes_that_fail_do_not_make_it_unready(store: Database) -> None:
    async with client_of(app_over(Unreliable(store, "write"))) as client:
        assert (await client.http.get(READY)).status_code == 200


async def test_looking_changes_nothing_in_the_log(client: Client, store: Database) -> None:
    await client.deliver("issues", issues())
    before = (await client.get("/api/events/1")).json()
    await client.get(READY)
    assert (await client.get("/api/events/1")).json() == before
    assert (await client.deliver("issues", issues())).json()["position"] == 2
    await project(store)
    assert (await client.get("/api/events")).headers["x-log-position"] == "2"
