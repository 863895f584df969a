"""The loop with everything going wrong at GitHub, two workers, and processes that are killed."""

import asyncio
import os
from pathlib import Path
from random import Random

import pytest

from simulator.plan import Faults
from tests.conftest import BOTH
from tests.loop.crew import a_crew
from tests.loop.endings import done_once, every_action, known_as_it_is, workflows
from tests.loop.lively import a_lively_plan, all_as_it_must_be, prepare
from tests.loop.town import SPEED, a_town
from tests.service import client_at

pytestmark = pytest.mark.anyio

KILLS = 4
MOST_SECONDS = 540.0  # a comment of unknown outcome is looked for a minute long, and more
TICK = SPEED  # GitHub's clock ticks once in one of our seconds, as it really does
EVERYTHING = Faults(
    delayed=0.2,
    delay=(10, 600),
    duplicated=0.15,
    dropped=0.1,
    bad_gateway=0.05,
    throttled=0.03,
)
# Everywhere, one seed is tried, on the database for several processes; `make soak` tries many, on
# both, with more issues.
MANY = os.environ.get("LOOP_SEEDS")
SEEDS = [int(seed) for seed in (MANY or "5").split(",")]
ISSUES = 10 if MANY else 5  # in usual repositories; as many again are in special ones


@pytest.mark.parametrize("dialect", BOTH if MANY else BOTH[1:], indirect=True)
@pytest.mark.parametrize("seed", SEEDS)
async def test_with_faults_and_kills_it_comes_to_the_same_end(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 (a test's dice)
    plan = a_lively_plan(ISSUES, seed, EVERYTHING, ties=TICK)
    async with a_town(tmp_path, database_url, plan) as town:
        prepare(town)
        async with a_crew(town) as crew:
            town.github.ignore_assignees()  # once: what always is ignored is rightly a person's
            for _ in range(KILLS):
                await asyncio.sleep(dice.uniform(1, 5))
                await crew.lose_one(dice)
            await town.all_done(MOST_SECONDS)
            town.github.faults = Faults()
            async with client_at(crew.url) as client:
                await town.settled(client)
                await known_as_it_is(town, client)
                await done_once(town, client)
                actions, pages = await every_action(client), await workflows(town, client)
        all_as_it_must_be(town, actions, pages)
