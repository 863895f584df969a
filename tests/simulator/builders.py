"""A small GitHub for tests, whose clock stands until it is told to go on."""

from datetime import UTC, datetime

from simulator.clock import Clock
from simulator.state.accounts import ACTING_USER
from simulator.state.happenings import Happening
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from simulator.state.world import World

ROCKET = "orbit-works/rocket"
STARTS_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def a_clock(ties: float = 0.0) -> Clock:
    return Clock(STARTS_AT, ties=ties)


def a_world(ties: float = 0.0) -> World:
    world = World(a_clock(ties))
    world.install([ROCKET])
    return world


def a_rocket() -> Repository:
    return a_world().repository(ROCKET)


def an_assigned_issue(repository: Repository) -> Issue:
    issue = repository.open_issue("Commands are refused", labels=("status:queued",))
    issue.assign_copilot(ACTING_USER)
    return issue


def a_draft(repository: Repository) -> PullRequest:
    return repository.copilot_opens(an_assigned_issue(repository))


def told(repository: Repository, since: int = 0) -> list[str]:
    """What was told of late, as ``event.action by sender``."""
    return [in_words(each) for each in repository.happenings.all[since:]]


def in_words(happening: Happening) -> str:
    name = f"{happening.event}.{happening.action}" if happening.action else happening.event
    return f"{name} by {happening.sender['login']}"
