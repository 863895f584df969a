"""Asking how checks failed: at which step, what their logs say, whether the base fails as well.

What GitHub does not let us see is left out, and said: it keeps nobody from asking Copilot.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from aggregates.lane.parts import Check
from aggregates.workflow import Workflow
from aggregates.workflow.failures import failed_checks, failure_stamp
from events.catalogue import Json, ResyncObserved
from events.github.failures import (
    MAX_ANNOTATION,
    MAX_ANNOTATIONS,
    MAX_BYTES,
    MAX_NAME,
    MAX_URL,
)
from events.github.observations import kept
from events.json_types import JsonObject
from events.scalars import integer
from projections.check_records import CheckRecord
from reactions.asking.log_excerpt import excerpt_of, one_line, within
from reactions.asking.table import OpenQuestion
from reactions.ports.answers import Repository
from reactions.ports.failed_checks import ReadingFailures
from reactions.ports.failures import (
    Forbidden,
    GitHubFailure,
    NotFound,
    RateLimited,
    Unauthorised,
    Unavailable,
)

T = TypeVar("T")

_PATIENT = 3  # how often all is asked again for one part that GitHub could not tell
_URL = re.compile(r"https?://[\w.:\[\]-]{1,255}/[\w./%#?=&~+-]*", re.ASCII)
_FAILED = ("failure", "timed_out", "startup_failure", "error")
_BOILERPLATE = re.compile(r"Process completed with exit code \d{1,3}\.?")


@dataclass(frozen=True, slots=True)
class Failing:
    """A workflow whose checks fail, and how they went on the default branch lately, by name."""

    workflow: Workflow
    histories: Mapping[str, CheckRecord]


async def ask_failure(
    github: ReadingFailures,
    repo: Repository,
    failing: Failing,
    question: OpenQuestion,
    asked_at: datetime,
) -> ResyncObserved | None:
    """Ask how the checks failed that do now; None: none does any more."""
    workflow = failing.workflow
    pull, failed = workflow.open_pull, failed_checks(workflow)
    if pull is None or not failed:
        return None
    patient = question.failures < _PATIENT
    looks = [_Look(github, repo, each, pull.base_ref, patient=patient) for each in failed]
    checks = [await each.told() for each in looks]
    for told in checks:
        if (known := failing.histories.get(str(told["name"]))) is not None:
            told["history"] = {"failed": known.failed, "of": known.of}
    fit(checks)
    answer: JsonObject = {
        "head_sha": pull.head_sha,
        "stamp": failure_stamp(workflow),
        "asked_at": asked_at.isoformat(),
        "checks": [*checks],
    }
    return ResyncObserved(
        kind="failure", object=kept("failure", answer), pull_request_number=pull.number
    )


@dataclass(slots=True)
class _Look:
    """A look at one check; ``lacks`` grows by what could not be had."""

    github: ReadingFailures
    repo: Repository
    check: Check
    base: str
    patient: bool
    lacks: list[str] = field(default_factory=list)

    async def told(self) -> dict[str, Json]:
        """Return what GitHub tells of the check."""
        is_job = self.check.kind == "run" and self.check.by_actions
        found = await self._of_job() if is_job else await self._of_another()
        if self.check.kind == "run":
            found |= {"annotations": await self._annotations()}
        found |= {"also_on_base": await self._on_base()}
        told = {name: value for name, value in found.items() if value not in (None, "", [])}
        return {"name": self.check.name[:MAX_NAME], **told, "lacks": [*self.lacks]}

    async def _of_job(self) -> dict[str, Json]:
        job = await self._had("its job", self.github.job(self.repo, self.check.id)) or {}
        found: dict[str, Json] = {
            "workflow": one_line(job.get("workflow_name"), MAX_NAME),
            "step": _failed_step(job),
            "run_url": _url(job.get("html_url")),
            "run_id": integer(job.get("run_id")),
            "attempt": integer(job.get("run_attempt")),
        }
        log = await self._had("its log", self.github.job_log(self.repo, self.check.id))
        if log is not None:
            content, whole = log
            found["excerpt"] = await asyncio.to_thread(excerpt_of, content, whole=whole)
        return found

    async def _of_another(self) -> dict[str, Json]:
        if self.check.kind == "actions":  # it failed before any of its jobs did
            return {"run_id": self.check.id, "attempt": self.check.attempt}
        if self.check.kind != "run":
            return {}
        asked = self.github.check_run(self.repo, self.check.id)
        run = await self._had("the check run", asked) or {}
        output = run.get("output")
        said = output if isinstance(output, dict) else {}
        texts = [str(said[name]) for name in ("title", "summary", "text") if said.get(name)]
        log = "\n".join(texts)[:100_000].encode(errors="replace")
        found = await asyncio.to_thread(excerpt_of, log)
        return {"run_url": _url(run.get("html_url")), "excerpt": found}

    async def _annotations(self) -> list[Json]:
        asked = self.github.annotations(self.repo, self.check.id)
        found = await self._had("its annotations", asked) or ()
        return await asyncio.to_thread(lambda: [*islice(_noted(found), MAX_ANNOTATIONS)])

    async def _on_base(self) -> bool | None:
        asked = self.github.named_check_runs(self.repo, self.base, self.check.name)
        runs = await self._had("the same on the base branch", asked)
        ends = [run.get("conclusion") for run in runs or () if run.get("status") == "completed"]
        return any(end in _FAILED for end in ends) if ends else None

    async def _had(self, what: str, asked: Awaitable[T]) -> T | None:
        """Return what was asked for, or note that it could not be had, and why."""
        try:
            return await asked
        except RateLimited:
            raise
        except GitHubFailure as failure:
            if self.patient and isinstance(failure, Unavailable | Unauthorised):
                raise
            self.lacks.append(f"{what}: {_why(failure)}"[:MAX_NAME])
        return None


def _why(failure: GitHubFailure) -> str:
    """Return why something could not be had; never in GitHub's words, which may quote anything."""
    match failure:
        case NotFound():
            return "it is not kept, or not shown to us"
        case Forbidden():
            return "a permission is missing"
    return "GitHub could not tell"


def _failed_step(job: JsonObject) -> str | None:
    steps = job.get("steps")
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, dict) and step.get("conclusion") in _FAILED:
            return one_line(step.get("name"), MAX_NAME)
    return None


def _url(value: object) -> str | None:
    if isinstance(value, str) and len(value) <= MAX_URL and _URL.fullmatch(value):
        return value
    return None


def _noted(annotations: Sequence[JsonObject]) -> Iterator[str]:
    """Yield annotations of failures, each with its place, in one line."""
    for each in annotations:
        if each.get("annotation_level") != "failure":
            continue
        message = one_line(each.get("message"), MAX_ANNOTATION)
        if not message or _BOILERPLATE.fullmatch(message):
            continue
        path, line = one_line(each.get("path"), MAX_NAME), each.get("start_line")
        where = f"{path}:{line}" if isinstance(line, int) else path
        yield f"{where}: {message}"[:MAX_ANNOTATION] if where else message


_DISPENSABLE = ("annotations", "lacks", "step", "workflow", "run_url")  # the first to go first


def fit(checks: list[dict[str, Json]]) -> None:
    """Shorten the longest excerpts until all together are within the bound.

    Where that does not do, names of a few bytes a character are dropped, too.
    """
    while len(json.dumps(checks).encode()) > MAX_BYTES - 500:
        longest = max(checks, key=lambda each: len(str(each.get("excerpt", ""))))
        text = str(longest.get("excerpt", ""))
        if not text:
            _drop_one(checks)
            continue
        lines = text.split("\n")
        shorter = within(lines, len(lines), len(text) * 2 // 3)
        longest["excerpt"] = shorter if len(shorter) < len(text) else ""


def _drop_one(checks: list[dict[str, Json]]) -> None:
    """Drop the longest of what matters least of all that there is."""
    for key in _DISPENSABLE:
        having = [each for each in checks if key in each]
        if having:
            max(having, key=lambda each: len(json.dumps(each[key]))).pop(key)
            return
