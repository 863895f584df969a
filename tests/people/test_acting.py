"""Tokens of acting users: refreshed once, by one process, and gone with a sentence."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from events.log import EventLog
from events.table import table_of
from people import pairs
from people.pairs import PairRow
from people.ports import GitHubRefused, GitHubSilent, TokenPair
from people.upkeep import Upkeep
from people.vault import Vault
from runtime.database import Database
from simulator.http.troubles import failing, lost
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER as MONA
from simulator.state.accounts import REVIEWER as RAVI
from simulator.web.tokens import PATH as TOKENS
from tests.conftest import Clock
from tests.people.acted_as import ROCKET, Bench, a_bench
from tests.people.test_signing_in import everything
from tests.simulator.running import a_plan, a_simulator

pytestmark = [pytest.mark.anyio, pytest.mark.on_both]

REFRESHES = ("POST", TOKENS)
NEARLY_OVER = 7.9  # hours of the eight for which a token holds


@pytest.fixture
async def github() -> AsyncIterator[Simulator]:
    async with a_simulator(a_plan()) as simulator:
        yield simulator


@pytest.fixture
async def bench(
    store: Database, log: EventLog, clock: Clock, github: Simulator
) -> AsyncIterator[Bench]:
    async with a_bench(store, log, clock, github) as one:
        yield one


async def lend(bench: Bench, name: str = "one") -> str | None:
    lent = await bench.process(name).lend(MONA["id"], MONA["login"], bench.where)
    return lent.token if lent else None


async def test_of_two_processes_one_refreshes_and_both_go_on(bench: Bench) -> None:
    await bench.consents(MONA)
    before = await bench.kept(MONA)
    bench.clock.advance(hours=NEARLY_OVER)
    tokens = await asyncio.gather(lend(bench, "one"), lend(bench, "two"))
    assert len(set(tokens)) == 1
    assert tokens[0] is not None
    assert bench.github.served[REFRESHES] == 1
    after = await bench.kept(MONA)
    assert before is not None
    assert after is not None
    assert after.version == before.version + 1
    assert await bench.told() == ["given", "refreshed"]


async def test_who_dies_between_lease_and_answer_is_followed_once_the_lease_is_over(
    bench: Bench,
) -> None:
    await bench.consents(MONA)
    bench.clock.advance(hours=NEARLY_OVER)
    kept, at = await bench.kept(MONA), bench.clock()
    assert kept is not None
    assert await bench.store.write(lambda c: pairs.lease(c, kept, "dead", at))
    process = bench.process("one")
    assert await process.keeper.refresh(kept) is None  # it is held
    assert bench.github.served[REFRESHES] == 0
    bench.clock.advance(minutes=3)
    assert await lend(bench) is not None
    assert bench.github.served[REFRESHES] == 1


async def test_a_lost_answer_is_a_lost_consent_and_said_so(bench: Bench) -> None:
    await bench.consents(MONA)
    await bench.consents(RAVI)
    bench.github.troubles.order(lost(), method="POST", path=TOKENS)
    bench.clock.advance(hours=NEARLY_OVER)
    with pytest.raises(GitHubSilent):
        await lend(bench)
    assert await lend(bench) is None
    consent = await bench.consent_of(MONA)
    assert "bad_refresh_token" in str(consent.why)
    assert await bench.kept(MONA) is None
    assert await bench.told() == ["given", "given", "lost"]
    ravi = await bench.process("one").lend(RAVI["id"], RAVI["login"], bench.where)
    assert ravi is not None


async def test_a_passing_error_loses_nothing(bench: Bench) -> None:
    await bench.consents(MONA)
    bench.github.troubles.order(failing(503), method="POST", path=TOKENS)
    bench.clock.advance(hours=NEARLY_OVER)
    with pytest.raises(GitHubSilent):
        await lend(bench)
    assert await lend(bench) is not None


async def test_a_refresh_outlives_whoever_asked_for_it(bench: Bench) -> None:
    """Who has no time left is cut off; the pair that GitHub hands out is kept all the same."""
    await bench.consents(MONA)
    bench.clock.advance(hours=NEARLY_OVER)
    process, kept, sent = bench.process("one"), await bench.kept(MONA), asyncio.Event()

    async def refreshing(token: str) -> TokenPair:
        sent.set()
        return await bench.gateway.refresh(token)

    github = _Slowly(process.keeper.github, refreshing)
    keeper = replace(process.keeper, github=github)  # type: ignore[arg-type]  # what is asked of it
    assert kept is not None
    asking = asyncio.create_task(keeper.refresh(kept))
    await sent.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await keeper.close()
    after = await bench.kept(MONA)
    assert after is not None
    assert after.version == kept.version + 1


class _Slowly:
    def __init__(self, github: object, refresh: object) -> None:
        self.github, self.refresh = github, refresh


async def test_who_lost_write_access_is_not_acted_as(bench: Bench) -> None:
    await bench.consents(MONA)
    bench.github.repository(ROCKET).access.give({"mona-maintains": "read"})
    assert await lend(bench) is not None  # asked just now, and nothing was told since
    bench.clock.advance(minutes=11)
    assert await lend(bench) is None
    consent = await bench.consent_of(MONA)
    assert consent.why == f"@mona-maintains has no write access to {ROCKET} any more"
    assert await bench.kept(MONA) is None  # nothing else was done by it
    assert bench.github.served["DELETE", "/applications/{client_id}/token"] == 1


async def test_a_token_that_github_refuses_is_gone_unless_another_took_its_place(
    bench: Bench,
) -> None:
    await bench.consents(MONA)
    process = bench.process("one")
    lent = await process.lend(MONA["id"], MONA["login"], bench.where)
    assert lent is not None
    kept = await bench.kept(MONA)
    assert kept is not None
    await process.keeper.refresh(kept)
    assert await process.refused(lent, bench.where, "Bad credentials", unauthorised=True)
    assert (await bench.consent_of(MONA)).lost_at is None
    newer = await process.lend(MONA["id"], MONA["login"], bench.where)
    assert newer is not None
    assert await process.refused(newer, bench.where, "Bad credentials", unauthorised=True)
    assert (await bench.consent_of(MONA)).lost_at is not None


async def test_a_no_to_somebody_who_may_write_is_no_lost_consent(bench: Bench) -> None:
    await bench.consents(MONA)
    process = bench.process("one")
    lent = await process.lend(MONA["id"], MONA["login"], bench.where)
    assert lent is not None
    assert not await process.refused(lent, bench.where, "a rule forbids it", unauthorised=False)
    assert (await bench.consent_of(MONA)).lost_at is None


async def test_what_lies_idle_is_refreshed_two_weeks_before_it_ends(bench: Bench) -> None:
    await bench.consents(MONA)
    upkeep = Upkeep(acting=bench.process("one"), clock=bench.clock)
    bench.clock.advance(days=160)
    await upkeep.step()
    assert bench.github.served[REFRESHES] == 1  # as GitHub is asked, once a day, whether they may
    bench.clock.advance(hours=1)
    await upkeep.step()
    assert bench.github.served[REFRESHES] == 1


async def test_what_a_dead_process_left_untold_is_told(bench: Bench) -> None:
    await bench.consents(MONA)
    process, consent = bench.process("one"), await bench.consent_of(MONA)
    assert await bench.told() == ["given"]
    dying = replace(process, log=_NoLog())  # type: ignore[arg-type]  # it dies where it would tell
    with pytest.raises(ConnectionError):
        await dying.lose(consent, "they left", bench.clock(), everywhere=False)
    assert await bench.told() == ["given"]
    upkeep = Upkeep(acting=process, clock=bench.clock)
    await upkeep.step()
    await upkeep.step()
    assert await bench.told() == ["given", "lost"]


class _NoLog:
    async def append(self, *_events: object) -> None:
        raise ConnectionError


async def test_github_that_is_silent_is_asked_ever_more_seldom(bench: Bench) -> None:
    await bench.consents(MONA)
    bench.github.troubles.order(failing(500), method="POST", path=TOKENS, times=2)
    bench.clock.advance(days=180)
    upkeep = Upkeep(acting=bench.process("one"), clock=bench.clock)
    await upkeep.step()
    await upkeep.step()
    assert bench.github.served[REFRESHES] == 1
    bench.clock.advance(seconds=31)
    await upkeep.step()
    assert bench.github.served[REFRESHES] == 2
    bench.clock.advance(seconds=61)
    await upkeep.step()
    assert bench.github.served[REFRESHES] == 3
    assert (await bench.consent_of(MONA)).lost_at is None


async def test_what_is_moved_to_another_persons_row_does_not_open(bench: Bench) -> None:
    await bench.consents(MONA)
    await bench.consents(RAVI)
    monas, rows = await bench.kept(MONA), table_of(PairRow)
    assert monas is not None
    moved = update(rows).where(rows.c.user_id == RAVI["id"]).values(sealed=monas.sealed)
    await bench.store.write(lambda c: c.execute(moved))
    with pytest.raises(GitHubRefused, match="belongs to another place"):
        await bench.process("one").lend(RAVI["id"], RAVI["login"], bench.where)


async def test_a_key_that_is_missing_loses_nothing_and_an_older_one_opens(bench: Bench) -> None:
    await bench.consents(MONA)
    process = bench.process("one")
    for keys, opens in (([b"new"], False), ([b"new", b"a-key"], True)):
        keeper = replace(process.keeper, vault=Vault(keys))
        rotated = replace(process, keeper=keeper)
        if opens:
            assert await rotated.lend(MONA["id"], MONA["login"], bench.where)
        else:
            with pytest.raises(GitHubRefused, match="not among ORCHESTRATOR_SECRET_KEY"):
                await rotated.lend(MONA["id"], MONA["login"], bench.where)
    assert (await bench.consent_of(MONA)).lost_at is None


async def test_no_token_lies_open_in_the_database_or_is_in_the_log(bench: Bench) -> None:
    await bench.consents(MONA)
    bench.clock.advance(hours=NEARLY_OVER)
    assert await lend(bench)
    shown = repr(await bench.store.read(everything))
    assert "mona-maintains" in shown
    assert not [each for each in ("ghu_", "ghr_") if each in shown]
