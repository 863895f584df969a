"""A rolling change of the agents' file: for a while processes read by two tables of agents."""

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random
from signal import SIGTERM

import pytest

from simulator.plan import CiHabits, Faults, IssuePlan, RepositoryPlan, Script
from tests.conftest import BOTH, SOAK
from tests.loop.crew import ROLES, Crew, a_crew
from tests.loop.endings import done_once, every_action, known_as_it_is, workflows
from tests.loop.lively import AGENT_LABELS
from tests.loop.town import POLICY, REPOSITORIES, SPEED, Town, a_plan, a_town
from tests.loop.troubles import AGENTS
from tests.service import client_at, run

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not SOAK, reason="takes minutes: make soak"),
    pytest.mark.parametrize("dialect", BOTH[1:], indirect=True),  # for several processes
]

MOST_SECONDS = 240.0
FAULTS = Faults(delayed=0.2, delay=(10, 600), duplicated=0.15, dropped=0.1)
FAILS = Script(ignored_assignments=0, checks=("failure", *("success",) * 9))
_OF_ANOTHER = REPOSITORIES[0]


@pytest.mark.parametrize("seed", [5, 6])
async def test_while_two_tables_of_agents_run_nothing_is_asked_twice(
    tmp_path: Path, database_url: str, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 (a test's dice)
    plan = replace(
        a_plan(0, seed, FAULTS, ties=SPEED),
        repositories=tuple(map(a_repository, REPOSITORIES)),
        ci=CiHabits(fails=0.0),
    )
    async with a_town(tmp_path, database_url, plan) as town:
        (tmp_path / "policy.yml").write_text(POLICY + AGENT_LABELS)
        async with a_crew(town) as crew:
            await asyncio.sleep(dice.uniform(7, 11))  # the first issues are at work
            (tmp_path / "agents.yml").write_text(AGENTS)
            town.settings["agents_file"] = str(tmp_path / "agents.yml")
            for place in (1, 2, 0):
                await replaced(crew, place)
                await asyncio.sleep(dice.uniform(1, 6))
            await town.all_done(MOST_SECONDS)
            async with client_at(crew.url) as client:
                await town.settled(client)
                await known_as_it_is(town, client)
                await done_once(town, client)
                pages, actions = await workflows(town, client), await every_action(client)
        await as_built_anew_by_the_newer_table(town)
    of_scribe = {e["repository"]["full_name"] for e in pages if e["agent"] == "Scribe"}
    assert of_scribe == {_OF_ANOTHER}
    done = [each["kind"] for each in actions if each["outcome"] == "succeeded"]
    issues = sum(len(each.issues) for each in plan.repositories)
    assert (done.count("assign"), done.count("ask_to_fix_ci")) == (issues, issues)


def a_repository(name: str) -> RepositoryPlan:
    """Issues whose checks fail once; those of one repository are an agent's of the newer table."""
    labels = ("status:queued", *(["agent:scribe"] if name == _OF_ANOTHER else []))
    issues = (
        IssuePlan(title=f"Issue {n}", labels=labels, after=SPEED * 6 + n, script=FAILS)
        for n in range(3)
    )
    return RepositoryPlan(full_name=name, issues=tuple(issues), required_approvals=1, scribe=True)


async def replaced(crew: Crew, place: int) -> None:
    """End one process in an orderly way, and start another by the settings as they are now."""
    assert await asyncio.to_thread(crew.members[place].stop, SIGTERM) == 0
    crew.members[place] = await crew.join(ROLES[place])


async def as_built_anew_by_the_newer_table(town: Town) -> None:
    settings = town.settings | {"database_url": town.database_url}
    ran = await asyncio.to_thread(run, town.folder, "replay", "--check", **settings)
    assert ran.returncode == 0, ran.stderr
