"""Whose account a login is, as anybody may ask: as the App, which may ask often."""

from collections.abc import AsyncIterator

import pytest

from events.log import EventLog
from people.ports import Account, GitHubSilent
from runtime.database import Database
from simulator.http.troubles import failing
from simulator.simulator import Simulator
from simulator.state.accounts import ACTING_USER as MONA
from tests.conftest import BOTH, Clock
from tests.people.acted_as import Bench, a_bench
from tests.simulator.running import a_plan, a_simulator

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("dialect", BOTH[:1], indirect=True),  # no row is read
]

PATH = "/users/{login}"


@pytest.fixture
async def bench(store: Database, log: EventLog, clock: Clock) -> AsyncIterator[Bench]:
    async with a_simulator(a_plan()) as github, a_bench(store, log, clock, github) as one:
        yield one


async def test_it_is_asked_as_the_app(bench: Bench) -> None:
    assert await bench.gateway.named(MONA["login"]) == Account(MONA["id"], MONA["login"])
    assert _tokens_made(bench.github) == 1


async def test_nobody_is_nobody(bench: Bench) -> None:
    assert await bench.gateway.named("nobody-at-all") is None


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_who_may_not_ask_now_knows_nothing_of_the_account(bench: Bench, status: int) -> None:
    # Twice: with a new token, too.
    bench.github.troubles.order(failing(status), method="GET", path=PATH, times=2)
    with pytest.raises(GitHubSilent):
        await bench.gateway.named(MONA["login"])


def _tokens_made(github: Simulator) -> int:
    return sum(
        times for (_, path), times in github.served.items() if path.endswith("/access_tokens")
    )
