"""Telling a repository's people, on the commit, whether their policy file is valid."""

from collections.abc import Sequence

from events.catalogue import PolicyProblem
from gateway.calls import Caller
from gateway.paths import repository_path
from gateway.who import as_app_in
from reactions.ports.answers import POLICY_CHECK_NAME, Answer, Repository

_INTRODUCTION = "Nothing of this version of the file applies until these are mended:"
_VALID = "The policy of this commit applies."


class PolicyReports(Caller):
    """Check runs on commits that change the policy."""

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
