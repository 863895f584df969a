"""Looking at everything once, each check by itself: one that fails stops no other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from events.errors import OrchestratorError
from events.json_types import JsonObject
from events.read import head
from reactions.ports.answers import Repository
from reactions.ports.github import GitHub
from runtime.doctor import judging
from runtime.doctor.finding import Finding, ok, problem, skipped
from runtime.opened import with_database
from runtime.settings import Settings
from runtime.wiring import github_of, now

Check = Callable[[], Awaitable[list[Finding]]]
T = TypeVar("T")

_SECONDS = 20.0
_REPOSITORIES = 3  # of each installation in which Copilot is looked for
_INSTALLATIONS = 20


async def examine(settings: Settings, *, offline: bool) -> list[Finding]:
    """Return what every check found, in a fixed order."""
    findings = judging.judge_settings(settings)
    findings += await _checked("database", lambda: _database(settings))
    if offline:
        return [*findings, skipped("GitHub", "not asked, since it is to be offline")]
    try:
        github = github_of(settings)
    except OrchestratorError as error:
        advice = "give the PEM text of the App's private key, or the path of its file"
        return [*findings, problem("app", str(error), advice)]
    if github is None:
        advice = "set ORCHESTRATOR_GITHUB_APP_ID and ORCHESTRATOR_GITHUB_PRIVATE_KEY to act"
        return [*findings, skipped("app", "no App is set: it observes only", advice)]
    async with github:
        return [*findings, *await _of_github(github)]


async def _of_github(github: GitHub) -> list[Finding]:
    checks: dict[str, Check] = {
        "app": lambda: _app(github),
        "clock": lambda: _clock(github),
        "acting user": lambda: _user(github),
        "installations": lambda: _installations(github),
    }
    found = await asyncio.gather(*(_checked(name, check) for name, check in checks.items()))
    return [*(finding for each in found for finding in each), judging.approval_of_actions()]


async def _checked(name: str, check: Check) -> list[Finding]:
    """Make a check within its time; what fails is a finding."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await check()
    except TimeoutError:
        return [problem(name, f"no answer within {_SECONDS:.0f} s", "see whether it is reachable")]
    except (OrchestratorError, OSError, SQLAlchemyError) as error:
        said = " ".join(str(error).split())[:300] or type(error).__name__
        return [problem(name, said, "mend what it says, then ask again")]


async def _database(settings: Settings) -> list[Finding]:
    found = await with_database(settings.database_url, lambda store: store.read(head))
    return [ok("database", f"migrated; the log ends at position {found.position}")]


async def _app(github: GitHub) -> list[Finding]:
    return judging.judge_app(await github.app())


async def _clock(github: GitHub) -> list[Finding]:
    theirs = await github.time()
    return [judging.judge_clock(now() - theirs)]


async def _user(github: GitHub) -> list[Finding]:
    return [judging.judge_user(await github.acting_user())]


async def _installations(github: GitHub) -> list[Finding]:
    installed = await _first(github.installations(), _INSTALLATIONS)
    names = [_account(each) for each in installed]
    asleep = [_account(each) for each in installed if each.get("suspended_at")]
    findings = [judging.judge_installations(names, asleep)]
    if await github.acting_user() is None:
        return findings
    for each in installed:
        installation_id = each.get("id")
        if isinstance(installation_id, int) and not each.get("suspended_at"):
            findings += await _copilot(github, installation_id)
    return findings


async def _copilot(github: GitHub, installation_id: int) -> list[Finding]:
    findings = []
    for each in await _first(github.repositories(installation_id), _REPOSITORIES):
        name = str(each.get("full_name"))
        assignable = await github.copilot_assignable(Repository(installation_id, name))
        findings.append(judging.judge_copilot(name, assignable=assignable))
    return findings


def _account(installation: JsonObject) -> str:
    account = installation.get("account")
    return str(account.get("login")) if isinstance(account, dict) else "unknown"


async def _first(objects: AsyncIterator[T], most: int) -> list[T]:
    found: list[T] = []
    async for each in objects:
        found.append(each)
        if len(found) == most:
            break
    return found
