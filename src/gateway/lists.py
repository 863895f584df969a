"""Reading whole lists and whole objects, to learn what deliveries did not tell."""

from collections.abc import AsyncIterator

from events.json_types import JsonObject
from gateway.calls import Caller
from gateway.paging import paged
from gateway.paths import repository_path
from gateway.reads import issue_reply
from gateway.reply import Parameters
from gateway.who import AsApp, AsInstallation, as_app_in
from reactions.ports.answers import Repository

_OPEN: Parameters = {"state": "open", "sort": "created", "direction": "asc"}


class Lists(Caller):
    """GitHub's objects as it sends them."""

    def installations(self) -> AsyncIterator[JsonObject]:
        """Yield the installations of the App."""
        return paged(self._calls, AsApp(), "/app/installations", {})

    def repositories(self, installation_id: int) -> AsyncIterator[JsonObject]:
        """Yield the repositories that an installation may see."""
        who = AsInstallation(installation_id)
        return paged(self._calls, who, "/installation/repositories", {}, "repositories")

    async def whole_repository(self, repo: Repository) -> JsonObject:
        """Return a repository as GitHub has it, under the name that it has now."""
        return (await self._calls.get(as_app_in(repo), repository_path(repo))).node.json

    async def open_issues(self, repo: Repository) -> AsyncIterator[JsonObject]:
        """Yield the open issues, oldest first, without pull requests."""
        async for issue in self._list(repo, ("issues",), _OPEN):
            if "pull_request" not in issue:
                yield issue

    def open_pull_requests(self, repo: Repository) -> AsyncIterator[JsonObject]:
        """Yield the open pull requests, oldest first."""
        return self._list(repo, ("pulls",), _OPEN)

    async def whole_issue(self, repo: Repository, number: int) -> JsonObject:
        """Return an issue as GitHub has it; raises NotFound for one that moved away too."""
        return (await issue_reply(self._calls, repo, number)).node.json

    async def whole_pull_request(self, repo: Repository, number: int) -> JsonObject:
        """Return a pull request as GitHub has it."""
        path = repository_path(repo, "pulls", number)
        return (await self._calls.get(as_app_in(repo), path)).node.json

    def reviews(self, repo: Repository, number: int) -> AsyncIterator[JsonObject]:
        """Yield the reviews of a pull request, oldest first."""
        return self._list(repo, ("pulls", number, "reviews"), {})

    def check_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the latest check run of each name on a commit."""
        parts = ("commits", sha, "check-runs")
        return self._list(repo, parts, {"filter": "latest"}, "check_runs")

    def statuses(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the statuses of a commit, newest first."""
        return self._list(repo, ("commits", sha, "statuses"), {})

    def actions_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the Actions runs for a commit."""
        return self._list(repo, ("actions", "runs"), {"head_sha": sha}, "workflow_runs")

    def _list(
        self,
        repo: Repository,
        parts: tuple[str | int, ...],
        params: Parameters,
        under: str | None = None,
    ) -> AsyncIterator[JsonObject]:
        return paged(self._calls, as_app_in(repo), repository_path(repo, *parts), params, under)
