"""Stages, why a workflow is in one, and how reasons name people and things."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from aggregates.workflow import Workflow
from aggregates.workflow.questions import Question, in_words
from events.github import PullRequestSeen
from events.github.names import is_copilot_reviewer


class Stage(StrEnum):
    """Where a workflow stands, in the order in which the rules are asked."""

    DONE = "done"
    CANCELLED = "cancelled"
    NEEDS_HUMAN = "needs_human"
    CHANGES_REQUESTED = "changes_requested"
    CONFLICTED = "conflicted"
    CI_FAILED = "ci_failed"
    MERGE_READY = "merge_ready"
    READY_FOR_REVIEW = "ready_for_review"
    DRAFT = "draft"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    QUEUED = "queued"


FINISHED = (Stage.DONE, Stage.CANCELLED)


WaitKind: TypeAlias = Literal[
    "check",
    "reviewer",
    "issue",
    "github",
    "copilot",
    "person",
    "approval_of_actions",
    "merge",
    "turn",
    "nobody",
]


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that is waited for: a check's name, a reviewer, an issue, or what is to be done."""

    kind: WaitKind
    what: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a workflow is where it is, in a sentence for people, and what it waits for."""

    reason: str
    waits: tuple[Wait, ...] = ()


def hold(reason: str, step: str) -> Explanation:
    """Return why work stopped, and the step that a person is waited for to take."""
    return Explanation(reason, (Wait("person", step),))


_LISTED = 5
_SHA = 7
_ERROR = 200


def times(number: int) -> str:
    """Say how often something was done."""
    return "once" if number == 1 else f"{number} times"


def listed(names: Iterable[str]) -> str:
    """Return names in one line, the first few of many."""
    every = tuple(names)
    more = len(every) - _LISTED
    text = ", ".join(every[:_LISTED])
    return f"{text} and {more} more" if more > 0 else text


def reviewer(workflow: Workflow, whom: int | str) -> str:
    """Return how a reviewer of the pull request, by id, or a team, by slug, is named."""
    if isinstance(whom, str):
        return f"team {whom}"
    if is_copilot_reviewer(whom):
        return "Copilot"
    return _login(workflow, whom) or f"user {whom}"


def _login(workflow: Workflow, user_id: int) -> str | None:
    reviews, requests = workflow.pull.reviews.values(), workflow.pull.requests.values()
    logins = [each.author_login for each in reviews if each.author_id == user_id]
    logins += [each.reviewer_login for each in requests if each.reviewer_id == user_id]
    return max(filter(None, logins), default=None)


def asked_of_github(questions: Iterable[Question]) -> str:
    """Return what GitHub is asked, as ``whether ada, bob may write here``."""
    every = tuple(questions)
    who = listed(dict.fromkeys(each.login for each in every if each.kind == "permission"))
    others = dict.fromkeys(in_words(each) for each in every if each.kind != "permission")
    return " and ".join((*([f"whether {who} may write here"] if who else ()), *others))


def blocker(whom: int | str) -> str:
    """Return how a blocking issue is named."""
    if whom == "?":
        return "an issue not seen yet"
    return f"#{whom}" if isinstance(whom, int) else f"issue {whom}"


def moment(at: datetime) -> str:
    """Return a time as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def short(text: str) -> str:
    """Return the first line of an error, cut to a readable length."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= _ERROR else line[: _ERROR - 1] + "…"


def head_of(pull: PullRequestSeen) -> str:
    """Return a pull request's head as people write it."""
    return pull.head_sha[:_SHA]
