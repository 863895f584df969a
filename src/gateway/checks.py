"""Checks on a commit: reading them, and reporting as one whether a policy file is valid."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeAlias

from events.catalogue import PolicyProblem
from events.github.node import Node
from events.json_types import JsonObject
from gateway.calls import Caller, repository_path
from gateway.credentials import as_app_in
from reactions.ports.answers import POLICY_CHECK_NAME, Answer, Repository, RequiredChecks
from reactions.ports.failures import Forbidden, NotFound

Required: TypeAlias = tuple[str, int | None]

_INTRODUCTION = "Nothing of this version of the file applies until these are mended:"
_VALID = "The policy of this commit applies."


class Checks(Caller):
    """Check runs, statuses and Actions runs of a commit."""

    def check_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the check runs of a commit; GitHub's "latest" may leave out one of a name."""
        parts = ("commits", sha, "check-runs")
        return self._listed(repo, parts, {"filter": "all"}, "check_runs")

    def statuses(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the statuses of a commit, newest first."""
        return self._listed(repo, ("commits", sha, "statuses"), {})

    def actions_runs(self, repo: Repository, sha: str) -> AsyncIterator[JsonObject]:
        """Yield the Actions runs for a commit."""
        return self._listed(repo, ("actions", "runs"), {"head_sha": sha}, "workflow_runs")

    async def required_checks(self, repo: Repository, branch: str) -> RequiredChecks:
        """Return the checks that rulesets and classic protection require of a branch.

        Where one of them names some, the other may stay out of sight: GitHub asks for both anyway.
        """
        ruled, classic = await self._ruled(repo, branch), await self._protected(repo, branch)
        found = dict.fromkeys((*(ruled or ()), *(classic or ())))
        readable = bool(found) or (ruled is not None and classic is not None)
        return RequiredChecks(readable, tuple(found))

    async def _ruled(self, repo: Repository, branch: str) -> list[Required] | None:
        """Return what rulesets require; None: they may not be read. An old server has none."""
        found: list[Required] = []
        try:
            async for rule in self._listed(repo, ("rules", "branches", branch), {}):
                found += _required(Node(rule, "rule"))
        except NotFound:
            return []
        except Forbidden:
            return None
        return found

    async def _protected(self, repo: Repository, branch: str) -> list[Required] | None:
        """Return what classic protection requires; None: it may not be read."""
        parts = ("branches", branch, "protection", "required_status_checks")
        try:
            reply = await self._calls.get(as_app_in(repo), repository_path(repo, *parts))
        except NotFound:
            return []
        except Forbidden:
            return None
        found = _with_apps(reply.node.nodes("checks"), "app_id")
        known = {name for name, _ in found}
        contexts = reply.node.json.get("contexts")
        names = contexts if isinstance(contexts, list) else []
        return [*found, *((n, None) for n in names if isinstance(n, str) and n not in known)]

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


def _required(rule: Node) -> list[Required]:
    if rule.name("type") != "required_status_checks":
        return []
    parameters = rule.node("parameters")
    return _with_apps(parameters.nodes("required_status_checks"), "integration_id")


def _with_apps(checks: Iterable[Node], key: str) -> list[Required]:
    """Return names, each with its App; -1 is GitHub's way to say that any will do."""
    found = ((check.name("context"), check.integer(key)) for check in checks)
    return [(name, app if app and app > 0 else None) for name, app in found if name]


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
