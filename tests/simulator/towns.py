"""Worlds in which everyone acts, by a clock that is told to go on."""

from simulator.draws import Seed
from simulator.plan import CopilotHabits, IssuePlan, PeopleHabits, Plan, RepositoryPlan, Script
from simulator.state.world import World
from simulator.story import Cast, cast, open_repositories
from tests.simulator.builders import ROCKET, a_clock

DAY = 86_400.0
USUAL = CopilotHabits()


def a_town(plan: Plan) -> tuple[World, Cast]:
    """Let a plan's story begin."""
    world = World(a_clock(plan.ties))
    everyone = cast(world, Seed(plan.seed), plan)
    open_repositories(world, plan, everyone.scripts)
    return world, everyone


def by_hand(*scripts: Script, seed: int = 0, habits: CopilotHabits = USUAL) -> Plan:
    """Two repositories with an issue for each script, which people see to by hand."""
    issues = tuple(
        IssuePlan(title=f"Issue {place}", labels=("status:queued",), script=script)
        for place, script in enumerate(scripts, start=1)
    )
    repositories = (
        RepositoryPlan(full_name=ROCKET, issues=issues, files={"README.md": "Rocket"}),
        RepositoryPlan(full_name="orbit-works/probe", issues=issues, approve_runs=True),
    )
    return Plan(
        repositories=repositories,
        seed=seed,
        people=PeopleHabits(conduct=True),
        copilot=habits,
    )
