"""A simulated GitHub with work in it and a real service beside it, until all of it is done."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from events.github.comments import marked_action
from simulator.plan import (
    CiHabits,
    CopilotHabits,
    Faults,
    IssuePlan,
    PeopleHabits,
    Plan,
    RepositoryPlan,
    Script,
)
from simulator.simulator import Simulator
from simulator.state.subject import Subject
from tests.conftest import BOTH, SOAK
from tests.service import RECEIVER, Client, Started, client_at, started

SPEED = 2700.0
POLICY = """\
mode: live
ci: {settle_seconds: 1, flaky: rerun_once}
review: {quiet_seconds: 1}
watchdog: {no_pull_request_minutes: 5}
"""
REPOSITORIES = ("orbit-works/rocket", "orbit-works/lander", "orbit-works/relay")
_LOOK = 0.25

# Each takes a minute, and what it tries hangs on no database: on both, loops run in ``make soak``.
on_one_database = pytest.mark.parametrize("dialect", BOTH if SOAK else BOTH[:1], indirect=True)

_UP_AFTER = 6.0  # seconds of ours until the first issue is opened


def a_plan(issues: int, seed: int, faults: Faults | None = None, ties: float = 0.0) -> Plan:
    """Several repositories with so many queued issues; some fail CI, some get change requests.

    ``ties``: for how many simulated seconds GitHub's clock stands still between two ticks.
    """
    scripts = [
        Script(ignored_assignments=0, checks=("failure", "success")),
        Script(ignored_assignments=0, reviews=("changes_requested", "approved")),
        Script(ignored_assignments=0),
    ]
    repositories = [
        RepositoryPlan(
            full_name=name,
            issues=tuple(
                IssuePlan(
                    title=f"Issue {n}",
                    labels=("status:queued",),
                    after=SPEED * _UP_AFTER,
                    script=scripts[n % len(scripts)],
                )
                for n in range(place, issues, len(REPOSITORIES))
            ),
            required_approvals=1,
        )
        for place, name in enumerate(REPOSITORIES)
    ]
    return Plan(
        repositories=tuple(repositories),
        seed=seed,
        ties=ties,
        speed=SPEED,
        copilot=CopilotHabits(never_starts=0.0),
        ci=CiHabits(fails=0.15),
        people=PeopleHabits(requests_changes=0.0),  # but for what a script says
        faults=faults or Faults(),
    )


@dataclass
class Town:
    """The simulator, the service's settings, and the service that runs at the moment."""

    github: Simulator
    folder: Path
    database_url: str
    settings: dict[str, str]

    @asynccontextmanager
    async def service(self) -> AsyncIterator[Client]:
        """Run the service as one process; GitHub delivers to it for as long."""
        async with self.process("all") as service, client_at(service.url) as client:
            yield client

    @asynccontextmanager
    async def process(self, role: str) -> AsyncIterator[Started]:
        """Run a process of the service; GitHub, meanwhile, goes on, and delivers to the newest."""
        running = ExitStack()
        process = started(self.folder, self.database_url, role=role, **self.settings)
        service = await asyncio.to_thread(running.enter_context, process)
        if service.url and role != "worker":  # which tells its health there, and takes no delivery
            self.github.webhook_url = f"{service.url}{RECEIVER}"
        try:
            yield service
        finally:
            await asyncio.to_thread(running.close)

    def open_issues(self, but: str = "") -> list[str]:
        """The issues that are still open on GitHub, ``but`` those of a repository."""
        plans = [plan for plan in self.github.plan.repositories if plan.full_name != but]
        planned = sum(len(plan.issues) for plan in plans)
        repositories = [self.github.repository(plan.full_name) for plan in plans]
        issues = [(each.full_name, issue) for each in repositories for issue in each.issues]
        opened = [f"{name}#{issue.number}" for name, issue in issues if issue.state == "open"]
        return [*opened, *["not opened yet"] * (planned - len(issues))]

    def repositories(self) -> list[Any]:
        return [self.github.repository(plan.full_name) for plan in self.github.plan.repositories]

    async def all_done(self, seconds: float, but: str = "") -> None:
        """Wait until every issue was closed by a merge; fail with what is known of the rest."""
        try:
            async with asyncio.timeout(seconds):
                await until(lambda: not self.open_issues(but))
        except TimeoutError:
            pytest.fail(f"after {seconds} seconds: {await self._told_of_open()}")

    async def _told_of_open(self) -> str:
        """Say of each open issue what the service says of it, and of what it did for it."""
        told = [f"open: {self.open_issues()}"]
        url = str(self.github.webhook_url).removesuffix(RECEIVER)
        async with client_at(url) as client:
            for repository in (await client.get("/api/repositories")).json()["items"]:
                found = await client.get(f"/api/repositories/{repository['id']}/workflows")
                told += [str(each) for each in found.json()["items"] if each["stage"] != "done"]
            told.append((await client.get("/api/actions", limit=30)).text)
        return "\n".join(told)

    async def settled(self, client: Client) -> None:
        """Wait until all that was delivered is folded and nothing is to be done any more."""
        async with asyncio.timeout(60):
            while True:
                await self.github.delivered()
                before = await _head(client)
                await asyncio.sleep(2)
                if before is not None and before == await _head(client):
                    return

    def doubled(self) -> list[str]:
        """What a person would count twice: comments of one action, or two pull requests."""
        found = []
        for repository in self.repositories():
            for subject in (*repository.issues, *repository.pull_requests):
                marks = Counter(filter(None, map(marked_action, bodies(subject))))
                found += [f"{subject.number}: {mark}" for mark, n in marks.items() if n > 1]
        return found


async def _head(client: Client) -> int | None:
    """Where the log ends, None while the read models are behind it."""
    answer = await client.get("/api/health/ready")
    health = answer.json()
    lag = max(each["lag"] for each in health["projections"].values())
    return None if lag else int(health["head"])


def bodies(subject: Subject) -> list[str]:
    return [comment.body for comment in subject.comments]


@asynccontextmanager
async def a_town(folder: Path, database_url: str, plan: Plan) -> AsyncIterator[Town]:
    """Build a GitHub and the settings of a service for it; nobody is connected yet."""
    policy = folder / "policy.yml"
    policy.write_text(POLICY)
    async with Simulator(plan) as github:
        github.give_permission("actions", "write")
        settings = {
            "webhook_secret": github.webhook_secret,
            "github_api_url": github.url,
            "github_app_id": str(github.app_id),
            "github_private_key": github.private_key,
            "acting_user_token": github.user_token,
            "secret_key": "a-key-of-the-town-and-nobody-else",
            "github_pause_seconds": "0.01",
            "recovery_seconds": "2",
            "session_seconds": "0.5",
            "policy_file": str(policy),
        }
        yield Town(github, folder, database_url, settings)


async def until(holds: Callable[[], object]) -> None:
    """Look now and then until something holds; a time-out is the caller's."""
    while not holds():  # noqa: ASYNC110 (the other side is another process)
        await asyncio.sleep(_LOOK)
