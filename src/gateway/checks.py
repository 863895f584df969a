"""Checks on a commit: reading them, and reporting as one whether a policy file is valid."""

from collections.abc import AsyncIterator, Sequence

from events.catalogue import PolicyProblem
from events.json_types import JsonObject
from gateway.calls import Caller, repository_path
from gateway.credentials import as_app_in
from reactions.ports.answers import POLICY_CHECK_NAME, Answer, Repository

_INTRODUCTION = "Nothing of this version of the file applies until these are mended:"
_VALID = "The policy of this commit applies."


class Checks(Caller):
    """Check runs, statuses and Actions runs of a commit."""

    def check_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the latest check run of each name on a commit."""
        parts = ("commits", sha, "check-runs")
        return self._listed(repo, parts, {"filter": "latest"}, "check_runs")

    def statuses(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the statuses of a commit, newest first."""
        return self._listed(repo, ("commits", sha, "statuses"), {})

    def actions_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the Actions runs for a commit."""
        return self._listed(repo, ("actions", "runs"), {"head_sha": sha}, "workflow_runs")

    async def report_policy(
        self, repo: Repository, commit: str, problems: Sequence[PolicyProblem]
    ) -> Answer:
        """Report on a commit whether its policy file is valid; has ``check_run_id``."""
        body = {
            "name": POLICY_CHECK_NAME,
            "head_sha": commit,
            "status": "completed",
            "conclusion": "failure" if problems else "success",
            "output": {"title": _title(problems), "summary": _summary(problems)},
        }
        reply = await self._calls.post(as_app_in(repo), repository_path(repo, "check-runs"), body)
        return reply.answer(check_run_id=reply.read(lambda node: node.need_integer("id")))


def _title(problems: Sequence[PolicyProblem]) -> str:
    if not problems:
        return "The policy is valid"
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def _summary(problems: Sequence[PolicyProblem]) -> str:
    if not problems:
        return _VALID
    lines = [_line(problem) for problem in problems]
    return "\n".join([_INTRODUCTION, "", "```text", *lines, "```"])


def _line(problem: PolicyProblem) -> str:
    """Write a problem in one line that cannot end the block it stands in."""
    line = f"{problem.path or 'the file'}: {problem.message}"
    return " ".join(line.split()).replace("```", "'''")
