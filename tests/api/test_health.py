"""Whether the service lives and can do its work, for everybody and for who has the token."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from api.background import LostLines, TaskHealth
from api.health_probe import HealthProbe
from api.services import Services
from events.store import Result, Work
from projections.activity import ACTIVITY
from projections.engine.checkpoints import restart
from projections.registry import PROJECTIONS
from reactions.conductor.stuck import note_stuck
from reactions.lanes import Stuck
from runtime.database import Database
from simulator.payloads.deliveries import issues
from tests.api.answers import assert_problem
from tests.api.documented import Nowhere
from tests.conftest import Clock
from tests.service import Client, Unreliable, app_over, client_of, project

pytestmark = pytest.mark.anyio

LIVE, READY, WORK = "/api/health/live", "/api/health/ready", "/api/health/work"
YET_TO_COME = "2026-01-01 00:00:00 UTC, which is yet to come"


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
    await store.write(partial(restart, projections=[newer]))
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


class Silent(Unreliable):
    """A database that takes what it is asked and never answers."""

    async def append(self, work: Work[Result]) -> Result:
        return await self.read(work)

    async def read(self, _work: Work[Result]) -> Result:
        await asyncio.Event().wait()
        raise AssertionError("it answered")


async def test_a_database_that_does_not_answer_is_not_waited_for(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.health_probe._CHECK_SECONDS", 0.05)
    async with client_of(app_over(Silent(store))) as client, asyncio.timeout(120):
        answer = await client.get(READY)
    assert answer.status_code == 503
    assert answer.json()["wrong"] == [
        "the log cannot be appended to: TimeoutError",
        "the log cannot be read: TimeoutError",
    ]


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


async def test_what_is_not_as_it_should_be_turns_no_delivery_away(
    store: Database, clock: Clock
) -> None:
    app = app_over(store, clock)
    services: Services = app.state.services
    async with client_of(app) as client:
        await client.deliver("issues", issues())
        clock.advance(minutes=-6)
        services.background.watch(task := TaskHealth("conductor-0"))
        task.failed("OSError: no space")
        newer = replace(ACTIVITY, version=ACTIVITY.version + 1)
        await store.write(partial(restart, projections=[newer]))
        answer = await client.get(READY)
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        down, *others = answer.json()["reasons"]
        assert down.startswith("the task conductor-0 has been down for ")
        assert down.endswith(" s: OSError: no space")
        assert others == [
            f"the newest event is of {YET_TO_COME}: a clock is or was wrong",
            "a newer release makes the read model activity",
        ]
        bare = await client.http.get(READY)
        assert (bare.status_code, bare.json()) == (200, {"status": "degraded"})


async def test_lost_log_lines_are_told_for_a_while(store: Database) -> None:
    lost = LostLines(7, "No space left on device", 10.0)
    app = app_over(store)
    app.state.health = HealthProbe(replace(app.state.services, lost_lines=lambda: lost))
    async with client_of(app) as client:
        answer = (await client.get(READY)).json()
        assert answer["reasons"] == [
            "7 log lines were lost since the start: No space left on device"
        ]
    app.state.health = HealthProbe(
        replace(app.state.services, lost_lines=lambda: replace(lost, seconds_ago=301.0))
    )
    async with client_of(app) as client:
        assert (await client.get(READY)).json()["status"] == "ok"


async def test_the_works_probe_fails_while_a_task_is_down(store: Database) -> None:
    app = app_over(store)
    services: Services = app.state.services
    services.background.watch(task := TaskHealth("projections"))
    async with client_of(app) as client:
        answer = await client.http.get(WORK)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        task.failed("OSError: no space")
        bare = await client.http.get(WORK)
        assert (bare.status_code, bare.json()) == (503, {"status": "unavailable"})
        detailed = (await client.get(WORK)).json()
        [wrong] = detailed["wrong"]
        assert wrong.startswith("the task projections has been down for ")
        shown = detailed["tasks"]["projections"]
        assert (shown["failures"], shown["error"]) == (1, "OSError: no space")
        assert shown["down_seconds"] >= 0
        assert (
            'orchestrator_background_task_down{task="projections"} 1.0'
            in (await client.get("/metrics")).text
        )
        task.well()
        assert (await client.http.get(WORK)).status_code == 200


async def test_the_works_probe_fails_while_the_log_cannot_be_read(store: Database) -> None:
    async with client_of(app_over(Unreliable(store, "read"))) as client:
        assert (await client.http.get(WORK)).status_code == 503


async def test_a_lag_that_grows_fails_the_works_probe_and_only_degrades_readiness(
    client: Client, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.background.GREW_SECONDS", 0.0)
    monkeypatch.setattr("api.health_probe._REMEMBER_SECONDS", 0.0)
    await client.deliver("issues", issues())
    assert (await client.get(WORK)).status_code == 503
    [first, *_] = (await client.get(READY)).json()["reasons"]
    assert first.startswith("the read model repositories is 1 events behind")
    assert (await client.get(READY)).status_code == 200
    await project(store)
    assert (await client.get(WORK)).status_code == 200
    assert (await client.get(READY)).json()["status"] == "ok"


async def test_a_parked_event_and_a_lane_that_stands_still_are_told(
    client: Client, store: Database
) -> None:
    clock = datetime(2026, 1, 1, tzinfo=UTC)
    await store.write(lambda c: note_stuck(c, [Stuck(1, "KeyError")], clock))
    reasons = (await client.get(READY)).json()["reasons"]
    assert reasons == ["nothing is decided for 1 lanes; /api/problems/lanes says why"]
