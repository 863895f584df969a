"""One town for all that an issue may come through: a repository for each trouble, side by side.

They are conducted once, by one service, for all tests of how that ends.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from simulator.plan import (
    CiHabits,
    CopilotHabits,
    IssuePlan,
    MergingHabits,
    PeopleHabits,
    Plan,
    RepositoryPlan,
    Script,
    SessionEnd,
)
from simulator.state.accounts import OWNER, SCRIBE
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from tests.loop.endings import every_action, most_of, workflows
from tests.loop.town import SPEED, Town, a_plan, a_town, until

CONFLICTS, SCRIBES, EPIC = (f"orbit-works/{name}" for name in ("conflicts", "scribes", "epic"))
BY_US, BY_PEOPLE, NEVER = (f"orbit-works/mended-{name}" for name in ("by-us", "by-people", "never"))
ENDS: tuple[SessionEnd, ...] = tuple(end for end in get_args(SessionEnd) if end != "completed")
MOST_SECONDS = 240.0
AGENTS = f"""\
agents:
  - name: scribe
    user_id: {SCRIBE["id"]}
    login: scribe-agent[bot]
    mention: scribe
    branch: "scribe/"
"""
_FILE = ".github/copilot-orchestrator.yml"
_MENDS = "mend: agent_merge\nci: {max_attempts: 2}\n"
_QUEUED = ("status:queued",)


def _script(*checks: str, conflicts: int = 0) -> Script:
    """What is certain: the first checks as given, all others pass."""
    every = (*checks, *("success",) * 9)
    return Script(ignored_assignments=0, checks=every, conflicts=conflicts)


FINE, FAILS_ONCE, CONFLICTS_ONCE = _script(), _script("failure"), _script(conflicts=1)
FAILS_ALWAYS = _script(*("failure",) * 99)


def of_session(end: str) -> str:
    """Name the repository of an issue whose first session ends so."""
    return f"orbit-works/{end.replace('_', '-')}"


def a_repository(name: str, *scripts: Script, **more: Any) -> RepositoryPlan:  # noqa: ANN401 (a repository's own)
    """A repository with an issue for each script, all queued."""
    issues = tuple(
        IssuePlan(title=f"Issue {number}", labels=_QUEUED, after=SPEED * 6, script=script)
        for number, script in enumerate(scripts)
    )
    given: dict[str, Any] = {"issues": issues, **more}
    return RepositoryPlan(full_name=name, required_approvals=1, **given)


def a_plan_of_troubles() -> Plan:
    """A repository for each trouble."""
    return replace(
        a_plan(0, seed=16),
        repositories=tuple(_repositories()),
        ci=CiHabits(fails=0.0),
        people=PeopleHabits(requests_changes=0.0, sessions=True),
        copilot=CopilotHabits(never_starts=0.0, mends_after=(27_000, 32_400)),  # ten of our seconds
        merging=MergingHabits(computes_for=(60, 600)),
    )


def _repositories() -> Iterator[RepositoryPlan]:
    yield a_repository(CONFLICTS, CONFLICTS_ONCE, FINE, _script(conflicts=2))
    for end in ENDS:
        yield a_repository(of_session(end), replace(FINE, sessions=(end, "completed")), tasks=True)
    mends = {"agent_merge": True, "files": {_FILE: _MENDS}}
    yield a_repository(BY_US, FAILS_ONCE, **mends)
    yield a_repository(NEVER, FAILS_ALWAYS, **mends)
    yield a_repository(BY_PEOPLE, FAILS_ONCE, CONFLICTS_ONCE, agent_merge=True)
    changes = replace(FAILS_ONCE, reviews=("changes_requested", "approved"))
    labels = 'agent_labels: {"agent:scribe": scribe}\n'
    yield a_repository(
        SCRIBES, issues=_for_two_agents(changes), scribe=True, tasks=True, files={_FILE: labels}
    )
    yield a_repository(EPIC, issues=_an_epic(), files={_FILE: "queue: {epics: true}\n"})


def _for_two_agents(of_the_second: Script) -> tuple[IssuePlan, ...]:
    return (
        IssuePlan(title="For Copilot", labels=_QUEUED, after=SPEED * 6, script=FINE),
        IssuePlan(
            title="For Scribe",
            labels=(*_QUEUED, "agent:scribe"),
            after=SPEED * 6,
            script=of_the_second,
        ),
    )


def _an_epic() -> tuple[IssuePlan, ...]:
    later = SPEED * 6
    parts = [IssuePlan(title=f"Part {n}", after=later, script=FINE) for n in range(1, 4)]
    whole = IssuePlan(title="Epic", labels=_QUEUED, after=later + 1, sub_issues=(3, 1, 2))
    return (*parts, whole)


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: at GitHub, and as a reader of the API saw it then."""

    town: Town
    actions: dict[str, list[dict[str, Any]]]
    workflows: dict[str, list[dict[str, Any]]]

    def done_once(self, name: str) -> None:
        """Assert that all of a repository is done, and nothing twice or beside something else."""
        assert {each["stage"] for each in self.workflows[name]} == {"done"}
        assert self.town.doubled() == []
        assert most_of(self.town.github.repository(name).issues) == 1
        assert "failed" not in {each["outcome"] for each in self.actions[name]}

    def pull_requests(self, name: str) -> list[Any]:
        """The pull requests of a repository, as GitHub has them."""
        return list(self.town.github.repository(name).pull_requests)


async def conducted(folder: Path, database_url: str) -> Ended:
    """Conduct all of it to its end."""
    async with a_town(folder, database_url, a_plan_of_troubles()) as town:
        (folder / "agents.yml").write_text(AGENTS)
        town.settings["agents_file"] = str(folder / "agents.yml")
        _directed(town)
        async with town.service() as client:
            await town.all_done(MOST_SECONDS, but=NEVER)
            never = town.github.repository(NEVER)
            async with asyncio.timeout(MOST_SECONDS):
                await until(lambda: any(pull.round >= 3 for pull in never.pull_requests))
                await until(lambda: not never.pull_requests[0].agent_merge)
            await town.settled(client)
            actions, pages = await every_action(client), await workflows(town, client)
    names = [each.full_name for each in town.repositories()]
    return Ended(
        town,
        {name: [each for each in actions if _is_of(each, name)] for name in names},
        {name: [each for each in pages if _is_of(each, name)] for name in names},
    )


def _is_of(found: dict[str, Any], name: str) -> bool:
    return bool(found["repository"]["full_name"] == name)


def _directed(town: Town) -> None:
    """Have people close an epic, and have Agent Merge on for all that is opened somewhere."""

    def switches_on(happening: Any) -> None:  # noqa: ANN401 (the simulator's)
        subject = happening.subject
        if isinstance(subject, PullRequest) and subject.repository.full_name == BY_PEOPLE:
            subject.agent_merge = subject.agent_merge or happening.action == "opened"

    town.github.on_cue("issue_comment", "created", closes_the_epic, times=99)
    town.github.repository(BY_PEOPLE).happenings.listen(switches_on)


def closes_the_epic(commented: Issue | PullRequest) -> None:
    """Close an epic once the service says that all of its parts are finished."""
    if isinstance(commented, Issue) and commented.sub_issues and commented.is_open:
        commented.close("completed", OWNER)
