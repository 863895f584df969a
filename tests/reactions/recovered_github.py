"""A GitHub in memory over a world: its objects in the shapes of the API, its hook's deliveries."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from events.catalogue import PolicyProblem
from events.envelope import NewEvent
from events.json_types import JsonObject
from reactions.ports.answers import (
    Answer,
    HookDelivery,
    Repository,
    RepositoryFile,
    RequiredChecks,
)
from reactions.ports.failures import NotFound, Refused
from simulator.payloads import INSTALLATION_ID, Payload, an_installation
from tests.worlds import repositories as worlds
from tests.worlds.world import World

_OF_SINGLE_PULLS = (
    *("merged", "mergeable", "mergeable_state", "rebaseable", "merged_by", "comments"),
    *("review_comments", "commits", "additions", "deletions", "changed_files"),
)
_OF_STATUSES = ("id", "state", "description", "target_url", "context", "created_at", "updated_at")


@dataclass
class RecoveredGitHub:
    """What may be asked of a world; ``before`` may raise or wait, and is told what is asked.

    ``files`` holds by repository's name the commits that changed the policy file, newest last, with
    the file as it is then; ``required`` what branches require. ``arrived`` is called with
    whatever GitHub delivers again. ``reached`` says which of the App's installations reaches a
    repository, if not the first; ``suspended`` which of them do nothing for now.
    """

    world: World
    before: Callable[[str], Awaitable[None]] | None = None
    asked: list[str] = field(default_factory=list)
    files: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    reports: list[tuple[str, str, tuple[PolicyProblem, ...]]] = field(default_factory=list)
    required: dict[str, RequiredChecks] = field(default_factory=dict)
    attempts: list[HookDelivery] = field(default_factory=list)
    arrived: Callable[[NewEvent], Awaitable[object]] | None = None
    installed: list[int] = field(default_factory=lambda: [INSTALLATION_ID])
    reached: dict[int, int | None] = field(default_factory=dict)
    suspended: set[int] = field(default_factory=set)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    # Policing

    async def last_commit(self, repo: Repository, path: str) -> str | None:
        await self._ask(f"last_commit {repo.full_name} {path}")
        commits = self.files.get(repo.full_name, [])
        return commits[-1][0] if commits else None

    async def file(
        self, repo: Repository, path: str, ref: str | None = None
    ) -> RepositoryFile | None:
        await self._ask(f"file {repo.full_name} {path}")
        text = dict(self.files.get(repo.full_name, [])).get(ref or "")
        if text == "\0":
            raise Refused(f"{path} is no UTF-8 text")
        return None if text is None else RepositoryFile(text, f"blob of {text}")

    async def report_policy(
        self, repo: Repository, commit: str, problems: Sequence[PolicyProblem]
    ) -> Answer:
        await self._ask(f"report_policy {repo.full_name}")
        self.reports.append((repo.full_name, commit, tuple(problems)))
        return Answer(201)

    # What is recovered: objects

    async def installations(self) -> AsyncIterator[JsonObject]:
        await self._ask("installations")
        for number in self.installed:
            since = "2026-01-01T00:00:00Z" if number in self.suspended else None
            yield an_installation(number, suspended_at=since)

    async def repositories(self, installation_id: int) -> AsyncIterator[JsonObject]:
        await self._ask(f"repositories {installation_id}")
        for repository in self.world.repositories:
            if self.reached.get(repository.id, self.installed[0]) == installation_id:
                yield repository.snapshot()

    async def installation_of(self, repository_id: int) -> JsonObject | None:
        await self._ask(f"installation_of {repository_id}")
        whose = self.reached.get(repository_id, self.installed[0])
        return an_installation(whose) if whose else None

    async def whole_repository(self, repo: Repository) -> JsonObject:
        await self._ask(f"whole_repository {repo.full_name}")
        return self._repository(repo).snapshot()

    async def open_issues(self, repo: Repository) -> AsyncIterator[JsonObject]:
        await self._ask(f"open_issues {repo.full_name}")
        for issue in self._repository(repo).issues:
            if issue.is_open and not issue.gone:
                yield issue.snapshot()

    async def open_pull_requests(self, repo: Repository) -> AsyncIterator[JsonObject]:
        await self._ask(f"open_pull_requests {repo.full_name}")
        for pull in self._repository(repo).pull_requests:
            if pull.is_open:
                whole = pull.snapshot()
                yield {key: whole[key] for key in whole if key not in _OF_SINGLE_PULLS}

    async def whole_issue(self, repo: Repository, number: int) -> JsonObject:
        await self._ask(f"whole_issue {repo.full_name} {number}")
        for issue in self._repository(repo).issues:
            if issue.number == number and not issue.gone:
                return issue.snapshot()
        for pull in self._repository(repo).pull_requests:
            if pull.number == number:
                return {**pull.snapshot(), "pull_request": {}}
        raise NotFound("Not Found", status=404)

    async def whole_pull_request(self, repo: Repository, number: int) -> JsonObject:
        await self._ask(f"whole_pull_request {repo.full_name} {number}")
        for pull in self._repository(repo).pull_requests:
            if pull.number == number:
                return pull.snapshot()
        raise NotFound("Not Found", status=404)

    async def reviews(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        await self._ask(f"reviews {repo.full_name} {number}")
        for payload in self._newest(repo, "pull_request_review", "review"):
            if payload["pull_request"]["number"] == number:
                review = payload["review"]
                yield review | {"state": review["state"].upper()}

    async def review_comments(
        self, repo: Repository, number: int, review_id: int
    ) -> AsyncIterator[JsonObject]:
        await self._ask(f"review_comments {repo.full_name} {number}")
        for payload in self._newest(repo, "pull_request_review_comment", "comment"):
            if payload["comment"]["pull_request_review_id"] == review_id:
                yield payload["comment"]

    async def check_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        await self._ask(f"check_runs {repo.full_name} {sha}")
        latest: dict[tuple[str, int], Payload] = {}
        for payload in self._newest(repo, "check_run", "check_run"):
            run = payload["check_run"]
            if run["head_sha"] == sha:
                latest[run["name"], run["app"]["id"]] = run
        for run in latest.values():
            yield run

    async def statuses(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        await self._ask(f"statuses {repo.full_name} {sha}")
        for payload in reversed(self._sent(repo, "status")):
            if payload["sha"] == sha:
                yield {key: payload.get(key) for key in _OF_STATUSES}

    async def actions_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        await self._ask(f"actions_runs {repo.full_name} {sha}")
        for payload in self._newest(repo, "workflow_run", "workflow_run"):
            if payload["workflow_run"]["head_sha"] == sha:
                yield payload["workflow_run"]

    async def required_checks(self, repo: Repository, branch: str) -> RequiredChecks:
        await self._ask(f"required_checks {repo.full_name} {branch}")
        return self.required.get(branch, RequiredChecks(readable=True))

    # What is recovered: deliveries

    async def deliveries(self, since: datetime) -> AsyncIterator[HookDelivery]:
        await self._ask("deliveries")
        for attempt in sorted(self.attempts, key=lambda each: each.delivered_at, reverse=True):
            if attempt.delivered_at < since:
                return
            yield attempt

    async def redeliver(self, delivery_id: int) -> Answer:
        await self._ask(f"redeliver {delivery_id}")
        guid = next(each.guid for each in self.attempts if each.id == delivery_id)
        [event] = [each for each in self.world.deliveries if str(each.id) == guid]
        if self.arrived is not None:
            await self.arrived(event)
        return Answer(202)

    def attempted(
        self, event: NewEvent, at: datetime, status: str = "OK", *, redelivery: bool = False
    ) -> HookDelivery:
        """Put an attempt to deliver on record, which GitHub does a second after the event."""
        attempt = HookDelivery(
            id=next(self._ids),
            guid=str(event.id),
            delivered_at=at + timedelta(seconds=1),
            redelivery=redelivery,
            status=status,
            status_code=202 if status == "OK" else 502,
            event=event.type,
            action=event.action,
            installation_id=event.installation_id,
            repository_id=event.repository_id,
        )
        self.attempts.append(attempt)
        return attempt

    # How it knows

    async def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.before is not None:
            await self.before(what)

    def _repository(self, repo: Repository) -> worlds.Repository:
        """Find a repository by its name, or by one that it had."""
        for repository in self.world.repositories:
            if repository.full_name == repo.full_name:
                return repository
        for _, payload in self.world.sent:
            if payload["repository"]["full_name"] == repo.full_name:
                return self._of_id(payload["repository"]["id"])
        raise NotFound("Not Found", status=404)

    def _of_id(self, repository_id: int) -> worlds.Repository:
        [found] = [each for each in self.world.repositories if each.id == repository_id]
        return found

    def _sent(self, repo: Repository, event: str) -> list[Payload]:
        repository_id = self._repository(repo).id
        sent = [payload for name, payload in self.world.sent if name == event]
        return [payload for payload in sent if payload["repository"]["id"] == repository_id]

    def _newest(self, repo: Repository, event: str, holder: str) -> list[Payload]:
        """Return what was last sent of each thing, in the order in which they came to be."""
        newest = {payload[holder]["id"]: payload for payload in self._sent(repo, event)}
        return list(newest.values())
