"""A story: who acts in it, and how it begins."""

from dataclasses import dataclass

from simulator.actors.agent_merge import AgentMerge
from simulator.actors.by_hand import ByHand
from simulator.actors.ci import Ci
from simulator.actors.copilot import Copilot, CopilotReviewer
from simulator.actors.cues import Cues
from simulator.actors.merging import Merging
from simulator.actors.people import People
from simulator.actors.scripts import Scripts
from simulator.draws import Seed
from simulator.plan import IssuePlan, Plan, RepositoryPlan
from simulator.state.accounts import OWNER, SCRIBE
from simulator.state.repositories import Repository
from simulator.state.world import World


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts, and the scripts that they keep to."""

    scripts: Scripts
    ci: Ci
    copilot: Copilot
    people: People
    cues: Cues


def cast(world: World, seed: Seed, plan: Plan) -> Cast:
    """Let everyone whom a plan asks for act in a world."""
    scripts = Scripts()
    ci = Ci(world, seed, plan.ci, scripts)
    copilot = Copilot(world.clock, seed, plan.copilot, scripts)
    world.rerun = ci.rerun_failed
    people = People(world, seed, plan.people, scripts, ci)
    cues = Cues(world.clock)
    merging = Merging(world, seed, plan.merging, scripts)
    reviewer = CopilotReviewer(world.clock, seed, plan.copilot)
    agent_merge = AgentMerge(world, copilot)
    scribe = Copilot(world.clock, seed, plan.copilot, scripts, SCRIBE)
    for actor in (cues, merging, ci, copilot, scribe, reviewer, agent_merge, people):
        world.happenings.listen(actor.hear)
    world.happenings.heed(agent_merge.heed)
    if plan.people.conduct:
        world.happenings.listen(ByHand(world, seed, people.steps).hear)
    return Cast(scripts, ci, copilot, people, cues)


def open_repositories(world: World, plan: Plan, scripts: Scripts) -> None:
    """Install the App on the repositories of a plan, owner by owner, and begin their stories."""
    world.happenings.silent = plan.installed_before
    world.make([each.full_name for each in plan.repositories if not each.installed])
    by_owner: dict[str, list[str]] = {}
    for each in plan.repositories:
        if each.installed:
            by_owner.setdefault(each.full_name.partition("/")[0], []).append(each.full_name)
    for full_names in by_owner.values():
        world.install(full_names)
    for each in plan.repositories:
        _begin(world, each, scripts)
    world.happenings.silent = False


def connect_repository(world: World, plan: RepositoryPlan, scripts: Scripts) -> None:
    """Give the installation one more repository and begin its story."""
    world.connect([plan.full_name])
    _begin(world, plan, scripts)


def _begin(world: World, plan: RepositoryPlan, scripts: Scripts) -> None:
    repository = world.repository(plan.full_name)
    repository.required_checks = plan.required_checks
    repository.required_approvals = plan.required_approvals
    repository.copilot_enabled = plan.copilot
    repository.scribe_enabled = plan.scribe
    repository.approve_runs = plan.approve_runs
    repository.tells_tasks = plan.tasks
    repository.knows_agent_merge = plan.agent_merge
    repository.left_to_copilot = repository.copilot_approvals_count = plan.left_to_copilot
    if plan.tasks:
        world.app.permissions["agent_tasks"] = "read"
    repository.access.private = plan.private
    if plan.roles is not None:
        repository.access.give(plan.roles)
    for path, text in plan.files.items():
        repository.write_file(path, text)
    for place, conclusion in enumerate(plan.history, start=1):
        commit = repository.write_file("CHANGES", f"{place} changes\n")
        scripts.foresee(repository.id, commit.sha, conclusion)
    for issue in plan.issues:
        if issue.after:
            _open_later(world, repository, issue, scripts)
        else:
            _open(repository, issue, scripts)


def _open_later(world: World, repository: Repository, plan: IssuePlan, scripts: Scripts) -> None:
    world.clock.after(plan.after, lambda: _open(repository, plan, scripts))


def _open(repository: Repository, plan: IssuePlan, scripts: Scripts) -> None:
    at_once = () if plan.sub_issues else plan.labels
    issue = repository.open_issue(plan.title, plan.body, at_once)
    scripts.give(issue, plan.script)
    for number in plan.blocked_by:
        issue.block_by(repository.issue(number), OWNER)
    for number in plan.sub_issues:
        issue.add_sub_issue(repository.issue(number), OWNER)
    for name in plan.labels if plan.sub_issues else ():  # queued once its parts are there
        issue.label(name, OWNER)
