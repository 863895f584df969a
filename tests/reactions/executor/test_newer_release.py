"""What a newer release asked for: never skipped, never guessed at, and nobody else waits for it."""

from typing import ClassVar
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from events.catalogue import REGISTRY, ActionRequested
from events.envelope import ORCHESTRATOR, NewEvent
from events.log import EventLog
from events.store import Store
from projections.registry import PROJECTIONS
from runtime.replay import rebuild
from simulator.payloads.installations import INSTALLATION_ID
from tests.conftest import Clock
from tests.reactions.executor.desk import Desk, a_desk, queue
from tests.service import app_over, client_of, project

pytestmark = pytest.mark.anyio

NEWER = 99
NAMES = ("octo-org/rocket", "octo-org/lander")


class AskedByANewerRelease(ActionRequested):
    """A request in the shape that the newer release gave it."""

    schema_version: ClassVar[int] = NEWER


def asked(desk: Desk, **fields: object) -> NewEvent:
    """A newer release's live request for the first repository's issue: its label."""
    content = AskedByANewerRelease.model_validate(
        {
            "kind": "set_label",
            "mode": "live",
            "issue_number": 1,
            "generation": 0,
            "token": "queued",
            "reason": "it is new",
            "parameters": {"label": "status:queued", "prefix": "status:", "stages": ["queued"]},
        }
        | fields
    )
    return NewEvent(
        id=uuid4(),
        source=ORCHESTRATOR,
        type="action",
        action="requested",
        schema_version=NEWER,
        payload=content.model_dump_json(),
        installation_id=INSTALLATION_ID,
        repository_id=desk.world.repositories[0].id,
    )


async def for_an_hour(desk: Desk) -> None:
    for _ in range(12):
        await desk.work()
        desk.clock.advance(minutes=5)


async def done(desk: Desk) -> list[str | None]:
    return [action for action, _ in await desk.outcomes()]


async def test_it_waits_alone_and_is_said_in_the_log_and_shown(
    store: Store, log: EventLog, clock: Clock
) -> None:
    desk = await a_desk(store, log, clock, NAMES)
    request = asked(desk)
    await log.append(request)
    with capture_logs() as lines:
        await for_an_hour(desk)
    assert await done(desk) == ["succeeded"]  # of the other repository
    assert any(line["log_level"] == "error" for line in lines)
    assert "it is new" not in str(lines)
    [position] = [each.position for each in await log.read(0, 1000) if each.id == request.id]
    queue(desk, desk.world.repositories[0], "News")
    await desk.goes_on()
    async with client_of(app_over(store, clock)) as client:
        parked = (await client.get("/api/problems/parked")).json()["items"]
        stuck = (await client.get("/api/problems/lanes")).json()["items"]
    assert {each["position"] for each in parked} == {position}
    assert [each["repository"]["id"] for each in stuck] == [desk.world.repositories[0].id]


async def test_it_is_done_once_a_release_that_knows_it_has_replayed(
    store: Store, log: EventLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await a_desk(store, log, clock)
    await desk.until_idle()
    request = asked(desk)
    await log.append(request)
    await project(store)
    await for_an_hour(desk)
    monkeypatch.setitem(REGISTRY, ("action", "requested", NEWER), AskedByANewerRelease)
    await rebuild(store, PROJECTIONS, 100, lambda _done, _total: None)
    await for_an_hour(desk)
    told = {content["action_id"]: action for action, content in await desk.outcomes()}
    assert str(request.id) in told


async def test_what_it_did_is_not_done_once_more(store: Store, log: EventLog, clock: Clock) -> None:
    """The outcome of a newer release cannot be read, but its cause says whose it is."""
    desk = await a_desk(store, log, clock)
    [request] = await desk.requested("assign")
    outcome = NewEvent(
        id=uuid4(),
        source=ORCHESTRATOR,
        type="action",
        action="succeeded",
        schema_version=NEWER,
        payload="{}",
        repository_id=request.repository_id,
        causation_id=request.id,
    )
    await log.append(outcome)
    await for_an_hour(desk)
    assert (desk.github.done, (await desk.work()).next_due) == ({}, None)


async def test_what_it_only_recorded_in_shadow_mode_is_never_done(
    store: Store, log: EventLog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await a_desk(store, log, clock)
    await desk.until_idle()
    before = len(await desk.outcomes())
    await log.append(asked(desk, mode="shadow"))
    await for_an_hour(desk)
    monkeypatch.setitem(REGISTRY, ("action", "requested", NEWER), AskedByANewerRelease)
    await rebuild(store, PROJECTIONS, 100, lambda _done, _total: None)
    await for_an_hour(desk)
    assert len(await desk.outcomes()) == before
    assert (await desk.work()).next_due is None
