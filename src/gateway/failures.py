"""Checks that failed: a job's steps, the end of its log, what it noted, the same on a branch."""

from events.json_types import JsonObject
from gateway.calls import Caller, repository_path
from gateway.credentials import as_app_in
from gateway.reply import Parameters
from reactions.ports.answers import Answer, Repository

_FEW = 30


class Failures(Caller):
    """What is asked before Copilot is told of a failure; a page is enough of each."""

    async def job(self, repo: Repository, job_id: int) -> JsonObject:
        """Return a job of an Actions run, with its steps; its id is that of its check run."""
        return await self._got(repo, ("actions", "jobs", job_id))

    async def job_log(self, repo: Repository, job_id: int) -> tuple[bytes, bool]:
        """Return the end of a job's log, and whether that is the whole of it."""
        path = repository_path(repo, "actions", "jobs", job_id, "logs")
        return await self._calls.text_end(as_app_in(repo), path)

    async def check_run(self, repo: Repository, check_run_id: int) -> JsonObject:
        """Return a check run."""
        return await self._got(repo, ("check-runs", check_run_id))

    async def actions_run(self, repo: Repository, run_id: int) -> JsonObject:
        """Return an Actions run in its newest attempt."""
        return await self._got(repo, ("actions", "runs", run_id))

    async def rerun_failed_jobs(self, repo: Repository, run_id: int) -> Answer:
        """Run the failed jobs of an Actions run again; raises Forbidden while it runs already."""
        path = repository_path(repo, "actions", "runs", run_id, "rerun-failed-jobs")
        return (await self._calls.post(as_app_in(repo), path)).answer(run_id=run_id)

    async def annotations(self, repo: Repository, check_run_id: int) -> list[JsonObject]:
        """Return what a check run noted of lines of files, the first of many."""
        path = repository_path(repo, "check-runs", check_run_id, "annotations")
        reply = await self._calls.get(as_app_in(repo), path, {"per_page": _FEW})
        return _objects(reply.json)

    async def named_check_runs(self, repo: Repository, ref: str, name: str) -> list[JsonObject]:
        """Return the newest check runs of a name on a branch or commit, the first of many."""
        path = repository_path(repo, "commits", ref, "check-runs")
        asked: Parameters = {"check_name": name, "filter": "latest", "per_page": _FEW}
        reply = await self._calls.get(as_app_in(repo), path, asked)
        return _objects(reply.node.json.get("check_runs"))

    async def _got(self, repo: Repository, parts: tuple[str | int, ...]) -> JsonObject:
        path = repository_path(repo, *parts)
        return (await self._calls.get(as_app_in(repo), path)).node.json


def _objects(found: object) -> list[JsonObject]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
