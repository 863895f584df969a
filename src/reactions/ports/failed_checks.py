"""What we ask of GitHub about checks that failed."""

from typing import Protocol

from events.json_types import JsonObject
from reactions.ports.answers import Answer, Repository


class ReadingFailures(Protocol):
    """To look into checks that failed; each raises NotFound for what is not there any more."""

    async def job(self, repo: Repository, job_id: int) -> JsonObject:
        """Return a job of an Actions run, with its steps; its id is that of its check run."""
        ...

    async def job_log(self, repo: Repository, job_id: int) -> tuple[bytes, bool]:
        """Return the end of a job's log, and whether that is the whole of it."""
        ...

    async def check_run(self, repo: Repository, check_run_id: int) -> JsonObject:
        """Return a check run."""
        ...

    async def annotations(self, repo: Repository, check_run_id: int) -> list[JsonObject]:
        """Return what a check run noted of lines of files, the first of many."""
        ...

    async def named_check_runs(self, repo: Repository, ref: str, name: str) -> list[JsonObject]:
        """Return the newest check runs of a name on a branch or commit, the first of many."""
        ...


class ReadingRuns(Protocol):
    """To look at an Actions run."""

    async def actions_run(self, repo: Repository, run_id: int) -> JsonObject:
        """Return an Actions run in its newest attempt."""
        ...


class RunningAgain(Protocol):
    """To run again what failed."""

    async def rerun_failed_jobs(self, repo: Repository, run_id: int) -> Answer:
        """Run the failed jobs of an Actions run again; raises Forbidden while it runs already."""
        ...
