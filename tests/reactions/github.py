"""A GitHub in memory, as far as the executor asks of it: it does what it says, and counts."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from events.github.agents import Agent
from events.github.names import COPILOT_REVIEWER_ID
from events.json_types import JsonObject
from reactions.ports.answers import (
    Answer,
    Assignment,
    Comment,
    Ended,
    Issue,
    MergeMethod,
    PullRequest,
    Repository,
    Task,
)
from reactions.ports.failures import GitHubFailure, NotFound
from tests.worlds.pull_requests import PullRequest as WorldPull
from tests.worlds.world import World

T = TypeVar("T")

OK = 200
USER_ID, BOT_ID = 100, 900


@dataclass
class MemoryGitHub:
    """Issues and pull requests of one repository after the other; ``before`` may raise or wait.

    ``before`` and ``after`` are called around every change with its name. ``others`` are comments
    that we did not write; ``hidden``: lists of comments are behind, and show none. ``permissions``
    are by login, ``none``: nobody has it; ``users`` says whose a login is. ``asking`` is called
    with every question, of which ``asked`` keeps all but those ``asked_of_people``, and may raise.
    ``acted`` is what was done by which token, "" for ours; ``refusing`` are tokens that GitHub does
    not take. ``jobs``, ``logs`` and ``notes`` are of checks by their id, ``on_branch`` says how one
    ended on any branch. Whole pull requests are those of ``worlds``, and conflict as ``mergeable``
    says; ``looked_at`` keeps which were asked for.
    """

    permissions: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    closing: dict[int, tuple[int, ...]] = field(default_factory=dict)
    blocking: dict[int, list[JsonObject]] = field(default_factory=dict)
    parts: dict[int, list[JsonObject]] = field(default_factory=dict)
    runs: dict[int, JsonObject] = field(default_factory=dict)
    jobs: dict[int, JsonObject] = field(default_factory=dict)
    logs: dict[int, bytes] = field(default_factory=dict)
    notes: dict[int, list[JsonObject]] = field(default_factory=dict)
    on_branch: dict[str, str] = field(default_factory=dict)
    whole: dict[int, JsonObject] = field(default_factory=dict)
    ended: dict[int, Ended] = field(default_factory=dict)
    worlds: list[World] = field(default_factory=list)
    mergeable: dict[int, bool | None] = field(default_factory=dict)
    looked_at: list[int] = field(default_factory=list)
    tasks_seen: tuple[Task, ...] = ()
    agent_merges: dict[int, bool | None] = field(default_factory=dict)
    asked_of_people: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    asking: Callable[[str, Repository], Awaitable[None]] | None = None
    issues: dict[tuple[str, int], Issue] = field(default_factory=dict)
    pulls: dict[tuple[str, int], PullRequest] = field(default_factory=dict)
    comments: list[tuple[str, int, str, bool]] = field(default_factory=list)
    others: list[Comment] = field(default_factory=list)
    hidden: bool = False
    done: Counter[str] = field(default_factory=Counter)
    assignments: list[Assignment] = field(default_factory=list)
    before: Callable[[str, Repository], Awaitable[None]] | None = None
    after: Callable[[str, Repository], Awaitable[None]] | None = None
    person: int = USER_ID
    token: str = ""
    acted: list[tuple[str, str]] = field(default_factory=list)
    refusing: dict[str, GitHubFailure] = field(default_factory=dict)
    authors: dict[int, int] = field(default_factory=dict)

    def show(self, repo: str, pull: WorldPull) -> None:
        """Have a pull request of a world as it is now."""
        self.pulls[repo, pull.number] = PullRequest(
            number=pull.number,
            node_id=f"PR_{pull.number}",
            state="open" if pull.is_open else "closed",
            draft=pull.draft,
            merged=pull.merged,
            head_sha=pull.head_sha,
            requested_reviewer_ids=(),
        )

    def as_person(self, user_id: int, token: str) -> "MemoryGitHub":
        """The same GitHub, acted on as somebody."""
        return replace(self, person=user_id, token=token)

    async def issue(self, repo: Repository, number: int) -> Issue:
        known = self.issues.get((repo.full_name, number))
        if known is None:
            raise NotFound("Not Found", status=404)
        return known

    async def pull_request(self, repo: Repository, number: int) -> PullRequest:
        known = self.pulls.get((repo.full_name, number))
        if known is None:
            raise NotFound("Not Found", status=404)
        return known

    async def comments_with(
        self, repo: Repository, number: int, marker: str, since: datetime | None = None
    ) -> AsyncIterator[Comment]:
        assert since is not None
        if self.hidden:
            return
        for known in self.others:
            if marker in known.body:
                yield known
        for place, (name, where, body, as_user) in enumerate(self.comments, start=1):
            if (name, where) == (repo.full_name, number) and marker in body:
                yield Comment(
                    id=place,
                    body=body,
                    author_id=self.authors[place] if as_user else BOT_ID,
                    by_bot=not as_user,
                    created_at=since,
                )

    async def assign(self, repo: Repository, number: int, assignment: Assignment) -> Answer:
        def work() -> dict[str, int | str]:
            known = self.issues[repo.full_name, number]
            ids = (*known.assignee_ids, assignment.agent.user_id)
            self.issues[repo.full_name, number] = replace(known, assignee_ids=ids)
            self.assignments.append(assignment)
            return {}

        return await self._change("assign", repo, work)

    async def permission(self, repo: Repository, login: str) -> JsonObject:
        await self._ask(f"permission {login}", repo)
        may = self.permissions.get(login, "write")
        if may == "none":
            raise NotFound("Not Found", status=404)
        user = {"user": {"id": self.users[login]}} if login in self.users else {}
        return {"permission": may, **user}

    async def closing_issues(self, repo: Repository, number: int) -> tuple[int, ...]:
        await self._ask(f"closing {number}", repo)
        return self.closing.get(number, ())

    async def copilot_ended(self, repo: Repository, number: int) -> Ended | None:
        await self._ask(f"work {number}", repo)
        return self.ended.get(number)

    async def tasks(self, repo: Repository) -> tuple[Task, ...]:
        self.asked_of_people.append("tasks")
        if self.asking is not None:
            await self.asking("tasks", repo)
        return self.tasks_seen

    async def agent_merge(self, repo: Repository, number: int) -> bool | None:
        """Say whether it is on; where that is not known, it is known nowhere."""
        self.asked_of_people.append(f"agent merge {number}")
        if self.asking is not None:
            await self.asking("agent merge", repo)
        if number not in self.agent_merges:
            raise NotFound("Not Found", status=404)
        return self.agent_merges[number]

    async def enable_agent_merge(self, repo: Repository, number: int) -> Answer:
        return await self._switched(repo, number, on=True)

    async def disable_agent_merge(self, repo: Repository, number: int) -> Answer:
        return await self._switched(repo, number, on=False)

    async def _switched(self, repo: Repository, number: int, *, on: bool) -> Answer:
        def work() -> dict[str, int | str]:
            self.agent_merges[number] = on
            return {}

        return await self._change(f"agent merge {'on' if on else 'off'}", repo, work)

    async def blockers(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        await self._ask(f"blockers {number}", repo)
        for blocker in self.blocking.get(number, []):
            yield blocker

    async def sub_issues(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        await self._ask(f"sub-issues {number}", repo)
        for part in self.parts.get(number, []):
            yield part

    async def job(self, repo: Repository, job_id: int) -> JsonObject:
        return await self._kept(f"job {job_id}", repo, self.jobs, job_id)

    async def actions_run(self, repo: Repository, run_id: int) -> JsonObject:
        return await self._kept(f"run {run_id}", repo, self.runs, run_id)

    async def rerun_failed_jobs(self, repo: Repository, run_id: int) -> Answer:
        def work() -> dict[str, int | str]:
            attempt = self.runs[run_id]["run_attempt"]
            assert isinstance(attempt, int)
            again: JsonObject = {"status": "queued", "run_attempt": attempt + 1}
            self.runs[run_id] = again
            return {}

        return await self._change("rerun", repo, work)

    async def check_run(self, repo: Repository, check_run_id: int) -> JsonObject:
        return await self._kept(f"check {check_run_id}", repo, self.jobs, check_run_id)

    async def job_log(self, repo: Repository, job_id: int) -> tuple[bytes, bool]:
        return await self._kept(f"log {job_id}", repo, self.logs, job_id), True

    async def annotations(self, repo: Repository, check_run_id: int) -> list[JsonObject]:
        return await self._kept(f"notes {check_run_id}", repo, self.notes, check_run_id)

    async def named_check_runs(self, repo: Repository, ref: str, name: str) -> list[JsonObject]:
        await self._ask(f"{name} on {ref}", repo)
        end = self.on_branch.get(name)
        return [{"name": name, "status": "completed", "conclusion": end}] if end else []

    async def _kept(self, what: str, repo: Repository, known: dict[int, T], number: int) -> T:
        await self._ask(what, repo)
        if number not in known:
            raise NotFound("Not Found", status=404)
        return known[number]

    async def whole_issue(self, _repo: Repository, number: int) -> JsonObject:
        if number not in self.whole:
            raise NotFound("Not Found", status=404)
        return self.whole[number]

    async def whole_pull_request(self, repo: Repository, number: int) -> JsonObject:
        self.looked_at.append(number)
        for world in self.worlds:
            for each in world.repositories:
                if each.full_name == repo.full_name:
                    pull = each.subjects[number - 1]
                    assert isinstance(pull, WorldPull)
                    return pull.snapshot() | {"mergeable": self.mergeable.get(number, True)}
        raise NotFound("Not Found", status=404)

    async def unassign(self, repo: Repository, number: int, agent: Agent) -> Answer:
        def work() -> dict[str, int | str]:
            known = self.issues[repo.full_name, number]
            ids = tuple(each for each in known.assignee_ids if each != agent.user_id)
            self.issues[repo.full_name, number] = replace(known, assignee_ids=ids)
            return {}

        return await self._change("unassign", repo, work)

    async def comment(self, repo: Repository, number: int, body: str, *, as_user: bool) -> Answer:
        def work() -> dict[str, int | str]:
            self.comments.append((repo.full_name, number, body, as_user))
            self.authors[len(self.comments)] = self.person
            return {"comment_id": len(self.comments)}

        return await self._change("comment", repo, work)

    async def mark_ready(self, repo: Repository, number: int) -> Answer:
        def work() -> dict[str, int | str]:
            key = repo.full_name, number
            self.pulls[key] = replace(self.pulls[key], draft=False)
            return {}

        return await self._change("mark_ready", repo, work)

    async def request_copilot_review(self, repo: Repository, number: int) -> Answer:
        def work() -> dict[str, int | str]:
            key = repo.full_name, number
            if known := self.pulls.get(key):
                asked = (*known.requested_reviewer_ids, COPILOT_REVIEWER_ID)
                self.pulls[key] = replace(known, requested_reviewer_ids=asked)
            return {}

        return await self._change(f"review of {number}", repo, work)

    async def add_label(self, repo: Repository, number: int, label: str) -> Answer:
        def work() -> dict[str, int | str]:
            self._relabel(repo, number, lambda labels: {*labels, label})
            return {}

        return await self._change("add_label", repo, work)

    async def remove_label(self, repo: Repository, number: int, label: str) -> Answer:
        def work() -> dict[str, int | str]:
            self._relabel(repo, number, lambda labels: labels - {label})
            return {}

        return await self._change("remove_label", repo, work)

    async def merge(
        self, repo: Repository, number: int, head_sha: str, method: MergeMethod
    ) -> Answer:
        def work() -> dict[str, int | str]:
            key = repo.full_name, number
            assert self.pulls[key].head_sha == head_sha
            self.pulls[key] = replace(self.pulls[key], merged=True)
            return {"sha": "f" * 40, "method": method}

        return await self._change("merge", repo, work)

    async def _ask(self, what: str, repo: Repository) -> None:
        self.asked.append(what)
        if self.asking is not None:
            await self.asking(what, repo)

    def _relabel(
        self, repo: Repository, number: int, change: Callable[[set[str]], set[str]]
    ) -> None:
        key = repo.full_name, number
        known = self.issues[key]
        self.issues[key] = replace(known, labels=tuple(sorted(change({*known.labels}))))

    async def _change(
        self, what: str, repo: Repository, work: Callable[[], dict[str, Any]]
    ) -> Answer:
        if self.before is not None:
            await self.before(what, repo)
        if self.token in self.refusing:
            raise self.refusing[self.token]
        ids = work()
        self.acted.append((what, self.token))
        self.done[what] += 1
        if self.after is not None:
            await self.after(what, repo)
        return Answer(OK, "request-1", ids)
