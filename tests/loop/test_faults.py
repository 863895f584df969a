"""The loop with everything going wrong at GitHub, and the service killed at random moments."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from simulator.faults import Faults
from tests.loop.test_loop import every_action, most_at_once, workflows
from tests.loop.town import a_plan, a_town

pytestmark = pytest.mark.anyio

ISSUES = 6
KILLS = 3
MOST_SECONDS = 200.0
EVERYTHING = Faults(
    delayed=0.2,
    delay=(10, 600),
    duplicated=0.15,
    dropped=0.1,
    bad_gateway=0.05,
    throttled=0.03,
    ignored_assignees=0.15,
)
SEEDS = [int(seed) for seed in os.environ.get("LOOP_SEEDS", "5").split(",")]
# Everywhere, SQLite is tried with one seed; `make soak` tries both databases with many.
DATABASES = os.environ.get("LOOP_DATABASES", "sqlite").split(",")


@pytest.mark.parametrize("dialect", DATABASES, indirect=True)
@pytest.mark.parametrize("seed", SEEDS)
async def test_with_faults_and_kills_it_comes_to_the_same_end(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 (a test's dice)
    async with a_town(tmp_path, database_url, a_plan(ISSUES, seed, EVERYTHING)) as town:
        for _ in range(KILLS):
            async with town.service() as (service, _client):
                await asyncio.sleep(dice.uniform(4, 9))
                service.process.send_signal(signal.SIGKILL)
                service.process.wait()
        async with AsyncExitStack() as running:
            _, client = await running.enter_async_context(town.service())
            await town.all_done(MOST_SECONDS)
            town.github.faults = Faults()
            await town.settled(client)
            assert {each["stage"] for each in await workflows(town, client)} == {"done"}
            assert town.doubled() == []
            assert most_at_once(town) == 1
            assert "failed" not in {each["outcome"] for each in await every_action(client)}
