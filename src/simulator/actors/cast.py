"""Everyone who acts in a world."""

from dataclasses import dataclass

from simulator.actors.by_hand import ByHand
from simulator.actors.ci import Ci
from simulator.actors.copilot import Copilot
from simulator.actors.copilot_reviewer import CopilotReviewer
from simulator.actors.people import People
from simulator.actors.scripts import Scripts
from simulator.draws import Seed
from simulator.plan import Plan
from simulator.state.world import World


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts, and the scripts that they keep to."""

    scripts: Scripts
    ci: Ci
    copilot: Copilot
    people: People


def cast(world: World, seed: Seed, plan: Plan) -> Cast:
    """Let everyone whom a plan asks for act in a world."""
    scripts = Scripts()
    ci = Ci(world, seed, plan.ci, scripts)
    copilot = Copilot(world.clock, seed, plan.copilot, scripts)
    people = People(world, seed, plan.people, scripts, ci)
    actors = (ci, copilot, CopilotReviewer(world.clock, seed), people)
    for actor in actors:
        world.happenings.listen(actor.hear)
    if plan.people.conduct:
        world.happenings.listen(ByHand(world, seed, people.steps).hear)
    return Cast(scripts, ci, copilot, people)
