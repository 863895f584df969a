"""Tokens of people are looked after: under the newest key, in turn, and while they are needed."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from events.log import EventLog
from people import pairs, upkeep
from people.doors import Doors
from people.keeper import TokenKeeper
from people.ports import Account, TokenPair
from people.sessions import IDLE
from people.upkeep import Upkeep
from people.vault import Vault
from runtime.database import Database
from simulator.http.troubles import failing
from simulator.state.accounts import ACTING_USER as MONA
from simulator.state.accounts import REVIEWER as RAVI
from simulator.web.tokens import PATH as TOKENS
from tests.conftest import Clock
from tests.people.acted_as import Bench, a_bench
from tests.simulator.running import a_plan, a_simulator

pytestmark = pytest.mark.anyio

RAVIS = TokenPair(access="ravis")


@pytest.fixture
async def bench(store: Database, log: EventLog, clock: Clock) -> AsyncIterator[Bench]:
    async with a_simulator(a_plan()) as github, a_bench(store, log, clock, github) as one:
        yield one


async def test_after_a_while_the_old_key_may_go(bench: Bench) -> None:
    await bench.consents(MONA)
    process = bench.process("one")
    await _enter(bench, process.keeper)
    rotated = replace(process, keeper=replace(process.keeper, vault=Vault([b"new", b"a-key"])))
    await Upkeep(acting=rotated, clock=bench.clock).step()
    keeper = replace(process.keeper, vault=Vault([b"new"]))
    assert await keeper.held(MONA["id"], "consent")
    assert await keeper.held(RAVI["id"], "session") == RAVIS


async def test_whom_github_does_not_answer_about_holds_up_nobody(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_AT_ONCE", 1)
    await bench.consents(MONA)
    bench.clock.advance(seconds=1)
    await bench.consents(RAVI)
    bench.github.troubles.order(failing(500), method="POST", path=TOKENS)
    bench.clock.advance(days=180)
    looking_after = Upkeep(acting=bench.process("one"), clock=bench.clock)
    await looking_after.step()
    await looking_after.step()
    monas, ravis = await bench.kept(MONA), await bench.kept(RAVI)
    assert monas is not None
    assert ravis is not None
    assert (monas.version, ravis.version) == (1, 2)


async def test_a_token_goes_with_sessions_that_ended_by_themselves(bench: Bench) -> None:
    process = bench.process("one")
    await _enter(bench, process.keeper)
    looking_after = Upkeep(acting=process, clock=bench.clock)
    await looking_after.step()
    assert await process.keeper.held(RAVI["id"], "session") == RAVIS
    bench.clock.advance(seconds=IDLE.total_seconds())
    await looking_after.step()
    assert await bench.store.read(lambda c: pairs.find(c, RAVI["id"], "session")) is None


async def _enter(bench: Bench, keeper: TokenKeeper) -> None:
    doors = Doors(store=bench.store, log=bench.log, clock=bench.clock, keeper=keeper)
    await doors.enter(Account(RAVI["id"], RAVI["login"]), RAVIS, "a browser", None)
