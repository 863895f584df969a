"""Recovery: missing deliveries are found, asked for in turn, and shown until they arrive."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from events.envelope import NewEvent
from events.log import EventLog
from events.store import Store
from reactions.ports.failures import NotFound, RateLimited, Refused, Unavailable
from reactions.recovery import Gate, Recovery
from reactions.recovery.state import Completeness, MissingDelivery, completeness, missing
from tests.conftest import Clock
from tests.reactions.recovered_github import RecoveredGitHub
from tests.worlds.world import World

pytestmark = pytest.mark.anyio

GRACE = timedelta(seconds=30)


@dataclass
class Scene:
    """A log, and a GitHub that delivers to it or fails to; its clock is GitHub's too."""

    store: Store
    log: EventLog
    clock: Clock
    world: World = field(default_factory=World)
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.github = RecoveredGitHub(self.world, arrived=self.log.append)
        self._titles: Iterator[int] = iter(range(1000))

    def recovery(self, **how: Any) -> Recovery:  # noqa: ANN401 (any of its settings)
        return replace(
            Recovery(github=self.github, store=self.store, clock=self.clock, sleep=self.sleep),
            **how,
        )

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    async def delivered(self, *statuses: str) -> NewEvent:
        """Something happens, and GitHub tries to deliver it; only what is OK arrives."""
        title = f"Issue {next(self._titles)}"
        self.world.repository("octo-org/rocket").open_issue(title)
        event = self.world.deliveries[-1]
        for number, status in enumerate(statuses):
            self.github.attempted(event, self.clock(), status, redelivery=number > 0)
        if "OK" in statuses:
            await self.log.append(event)
        return event

    async def completeness(self) -> Completeness:
        return await self.store.read(completeness)

    async def missing(self) -> list[MissingDelivery]:
        return await self.store.read(missing)

    async def positions(self) -> int:
        return (await self.log.head()).position


@pytest.fixture
def scene(store: Store, log: EventLog, clock: Clock) -> Scene:
    return Scene(store, log, clock)


async def test_where_all_arrived_the_log_is_complete_up_to_just_now(scene: Scene) -> None:
    began = scene.clock()
    for _ in range(3):
        await scene.delivered("OK")
        scene.clock.advance(minutes=10)
    recovered = await scene.recovery().step()
    assert (recovered.settled, recovered.asked) == (True, 0)
    known = await scene.completeness()
    assert known.complete_from == scene.clock() - timedelta(days=3) < began
    assert known.complete_up_to == scene.clock() - GRACE
    assert known.settled_at == known.looked_at == scene.clock()
    assert scene.github.asked == ["deliveries"]


@pytest.mark.parametrize("statuses", [("Service Unavailable",), ("timed out", "failed to connect")])
async def test_what_no_attempt_brought_is_asked_for_and_then_it_is_complete(
    scene: Scene, statuses: tuple[str, ...]
) -> None:
    first = await scene.delivered("OK")
    lost = await scene.delivered(*statuses)
    scene.clock.advance(minutes=10)
    recovered = await scene.recovery().step()
    assert (recovered.settled, recovered.awaited, recovered.asked) == (False, 1, 1)
    [known] = await scene.missing()
    assert (known.guid, known.event, known.asked, known.given_up) == (lost.id, "issues", 1, None)
    assert known.delivery_id == scene.github.attempts[-1].id
    assert (await scene.completeness()).complete_up_to == known.delivered_at
    assert (await scene.recovery().step()).settled
    assert await scene.missing() == []
    assert [event.id for event in await scene.log.read(0, 10)] == [first.id, lost.id]


async def test_what_failed_and_came_at_a_later_attempt_is_not_missing(scene: Scene) -> None:
    await scene.delivered("timed out", "OK")
    scene.clock.advance(minutes=10)
    assert (await scene.recovery().step()).settled
    assert scene.github.asked == ["deliveries"]


async def test_what_github_delivered_and_the_log_does_not_have_is_asked_for(scene: Scene) -> None:
    await scene.delivered("OK")
    event = await scene.delivered()
    scene.github.attempted(event, scene.clock(), "OK")
    scene.clock.advance(minutes=10)
    assert (await scene.recovery().step()).asked == 1
    assert await scene.positions() == 2


async def test_what_was_delivered_a_moment_ago_may_still_be_on_its_way(scene: Scene) -> None:
    event = await scene.delivered()
    scene.github.attempted(event, scene.clock(), "OK")
    scene.clock.advance(seconds=5)
    recovered = await scene.recovery().step()
    assert (recovered.settled, recovered.asked) == (True, 0)
    up_to = (await scene.completeness()).complete_up_to
    assert up_to is not None
    assert up_to < scene.github.attempts[-1].delivered_at
    scene.clock.advance(minutes=1)
    assert (await scene.recovery().step()).asked == 1


async def test_the_oldest_is_asked_for_first_and_each_after_a_pause(scene: Scene) -> None:
    lost = []
    for _ in range(5):
        lost.append(await scene.delivered("timed out"))
        scene.clock.advance(seconds=10)
    recovery = scene.recovery(at_once=3, pause=2.0)
    assert (await recovery.step()).asked == 3
    assert [event.id for event in await scene.log.read(0, 10)] == [each.id for each in lost[:3]]
    assert scene.pauses == [2.0, 2.0]
    assert (await recovery.step()).asked == 2
    assert await scene.positions() == 5


async def test_what_was_asked_for_is_waited_for_and_given_up_in_the_end(scene: Scene) -> None:
    scene.github.arrived = None
    lost = await scene.delivered("timed out")
    recovery = scene.recovery(again_after=timedelta(minutes=10), most_often=3)
    asked = []
    for _ in range(8):
        scene.clock.advance(minutes=5)
        asked.append((await recovery.step()).asked)
    assert asked == [1, 0, 1, 0, 1, 0, 0, 0]
    [known] = await scene.missing()
    assert (known.guid, known.asked) == (lost.id, 3)
    assert known.given_up == "it did not arrive although it was asked for 3 times"
    assert (await recovery.step()).settled
    assert (await scene.completeness()).complete_up_to == scene.clock() - GRACE
    await scene.log.append(lost)
    await recovery.step()
    assert await scene.missing() == []


@pytest.mark.parametrize("failure", [NotFound("Not Found"), Refused("GitHub refused")])
async def test_what_github_will_not_deliver_is_given_up_and_shown(
    scene: Scene, failure: Exception
) -> None:
    async def before(asked: str) -> None:
        if asked.startswith("redeliver"):
            raise failure

    scene.github.before = before
    await scene.delivered("timed out")
    scene.clock.advance(minutes=1)
    assert (await scene.recovery().step()).settled
    [known] = await scene.missing()
    assert known.given_up == f"GitHub does not deliver it again: {failure}"
    await scene.recovery().step()
    assert scene.github.asked.count("redeliver 1") == 1


async def test_what_github_keeps_no_longer_is_given_up_and_still_missing(scene: Scene) -> None:
    scene.github.arrived = None
    await scene.delivered("timed out")
    await scene.recovery().step()
    scene.clock.advance(days=3, minutes=1)
    assert (await scene.recovery().step()).settled
    [known] = await scene.missing()
    assert known.given_up == "GitHub keeps it no longer"


async def test_after_a_long_absence_the_log_is_complete_from_where_github_still_knows(
    scene: Scene,
) -> None:
    await scene.recovery().step()
    first = await scene.completeness()
    scene.clock.advance(days=2)
    await scene.recovery().step()
    assert (await scene.completeness()).complete_from == first.complete_from
    scene.clock.advance(days=5)
    await scene.recovery().step()
    assert (await scene.completeness()).complete_from == scene.clock() - timedelta(days=3)


async def test_a_list_that_is_too_long_counts_as_far_as_it_goes(scene: Scene) -> None:
    await scene.delivered("timed out")
    scene.clock.advance(hours=1)
    await scene.delivered("timed out")
    newest = scene.github.attempts[-1]

    @dataclass
    class Long(RecoveredGitHub):
        async def deliveries(self, since: datetime) -> object:  # type: ignore[override]
            assert since < newest.delivered_at
            yield newest
            raise Refused("there are more than 10000 objects")

    scene.github = Long(scene.world, attempts=scene.github.attempts, arrived=scene.log.append)
    scene.clock.advance(minutes=1)
    assert (await scene.recovery().step()).asked == 1
    assert (await scene.completeness()).complete_from == newest.delivered_at


async def test_where_github_does_not_answer_it_is_known_why_and_nothing_is_forgotten(
    scene: Scene,
) -> None:
    await scene.recovery().step()
    before = await scene.completeness()

    async def away(_asked: str) -> None:
        raise Unavailable("GitHub did not answer")

    scene.github.before = away
    scene.clock.advance(minutes=5)
    assert not (await scene.recovery().step()).settled
    known = await scene.completeness()
    assert (known.error, known.looked_at) == ("GitHub did not answer", scene.clock())
    assert known.complete_up_to == before.complete_up_to
    scene.github.before = None
    assert (await scene.recovery().step()).settled
    assert (await scene.completeness()).error is None


@pytest.mark.parametrize("what", ["deliveries", "redeliver 2"])
async def test_where_github_takes_no_more_it_is_left_alone_until_then(
    scene: Scene, what: str
) -> None:
    until = scene.clock() + timedelta(minutes=40)

    async def before(asked: str) -> None:
        if asked == what:
            raise RateLimited("Slow down", until=until, secondary=True, status=403)

    scene.github.before = before
    for _ in range(3):
        await scene.delivered("timed out")
    recovered = await scene.recovery().step()
    assert (recovered.settled, recovered.until) == (False, until)
    assert scene.github.asked[-1] == what


async def test_what_cannot_be_a_delivery_of_ours_is_left_out(scene: Scene) -> None:
    event = await scene.delivered("OK")
    attempt = scene.github.attempted(event, scene.clock(), "timed out")
    scene.github.attempts[-1] = replace(attempt, guid="no-uuid")
    scene.clock.advance(minutes=5)
    assert (await scene.recovery().step()).settled


async def test_whoever_may_not_recover_notes_nothing(scene: Scene) -> None:
    class Lost(Exception):
        pass

    def guard(_connection: Connection) -> None:
        raise Lost

    await scene.delivered("timed out")
    with pytest.raises(Lost):
        await scene.recovery(guard=guard).step()
    assert await scene.missing() == []
    assert (await scene.completeness()).looked_at is None


async def test_a_gate_lets_nobody_through_before_it_is_open() -> None:
    gate = Gate()
    waiting = asyncio.create_task(gate.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.open()
    gate.open()
    assert await waiting
    assert gate.is_open


async def test_who_has_waited_at_a_gate_for_long_goes_on_and_knows_it_is_closed() -> None:
    gate = Gate()
    assert not await gate.wait(0.001)
    assert not gate.is_open


async def test_where_github_has_no_list_nobody_waits_for_it(
    store: Store, log: EventLog, clock: Clock
) -> None:
    scene = Scene(store, log, clock)

    async def absent(_asked: str) -> None:
        raise NotFound("there is no list", status=404)

    scene.github.before = absent
    assert (await scene.recovery().step()).settled
    known = await store.read(completeness)
    assert (known.error, known.settled_at) == ("there is no list", clock())
    assert known.complete_up_to is None
