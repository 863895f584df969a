"""How a story begins: the App is installed, files are committed and issues are opened."""

from simulator.actors.scripts import Scripts
from simulator.plan import IssuePlan, Plan, RepositoryPlan
from simulator.state.accounts import OWNER
from simulator.state.repositories import Repository
from simulator.state.world import World


def open_repositories(world: World, plan: Plan, scripts: Scripts) -> None:
    """Install the App on all repositories of a plan and begin their stories."""
    world.install([each.full_name for each in plan.repositories])
    for each in plan.repositories:
        _begin(world, each, scripts)


def connect_repository(world: World, plan: RepositoryPlan, scripts: Scripts) -> None:
    """Give the installation one more repository and begin its story."""
    world.connect([plan.full_name])
    _begin(world, plan, scripts)


def _begin(world: World, plan: RepositoryPlan, scripts: Scripts) -> None:
    repository = world.repository(plan.full_name)
    repository.required_checks = plan.required_checks
    repository.required_approvals = plan.required_approvals
    repository.copilot_enabled = plan.copilot
    repository.approve_runs = plan.approve_runs
    for path, text in plan.files.items():
        repository.write_file(path, text)
    for issue in plan.issues:
        if issue.after:
            _open_later(world, repository, issue, scripts)
        else:
            _open(repository, issue, scripts)


def _open_later(world: World, repository: Repository, plan: IssuePlan, scripts: Scripts) -> None:
    world.clock.after(plan.after, lambda: _open(repository, plan, scripts))


def _open(repository: Repository, plan: IssuePlan, scripts: Scripts) -> None:
    issue = repository.open_issue(plan.title, plan.body, plan.labels)
    scripts.give(issue, plan.script)
    for number in plan.blocked_by:
        issue.block_by(repository.issue(number), OWNER)
