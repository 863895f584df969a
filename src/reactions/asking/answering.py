"""Asking one question, and putting GitHub's answer into an event that is read like a delivery."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from aggregates.workflow.questions import Question
from events.catalogue import Json, ResyncObserved
from events.github.observations import kept
from reactions.asking.table import OpenQuestion
from reactions.ports.answers import Repository
from reactions.ports.failures import NotFound
from reactions.ports.github import Answering

Answer: TypeAlias = Callable[
    [Answering, Repository, OpenQuestion, datetime], Awaitable[ResyncObserved | None]
]


async def answer_to(
    github: Answering, repo: Repository, question: OpenQuestion, asked_at: datetime
) -> ResyncObserved | None:
    """Ask GitHub a question; None where it has nothing to tell. Raises kinds of GitHubFailure."""
    return await _ANSWERS[question.kind](github, repo, question, asked_at)


async def ask_permission(
    github: Answering, repo: Repository, question: OpenQuestion | Question, asked_at: datetime
) -> ResyncObserved:
    """Ask what somebody may do; whom GitHub does not know there may do nothing."""
    try:
        whole = await github.permission(repo, question.login)
    except NotFound:
        whole = {"permission": "none"}
    user: dict[str, Json] = {"id": question.user_id, "login": question.login}
    told = whole.get("user")
    if isinstance(told, dict) and told.get("id") not in (None, question.user_id):
        whole = {"permission": "none"}  # the login is somebody else's by now
    answer = {**whole, "user": user, "asked_at": _written(asked_at)}
    return ResyncObserved(
        kind="permission",
        object=kept("permission", answer),
        pull_request_number=question.pull_request_number,
    )


async def _closing(
    github: Answering, repo: Repository, question: OpenQuestion, asked_at: datetime
) -> ResyncObserved:
    issues = await github.closing_issues(repo, question.pull_request_number)
    answer: dict[str, Json] = {"issues": [*issues], "asked_at": _written(asked_at)}
    return ResyncObserved(
        kind="closing",
        object=kept("closing", answer),
        pull_request_number=question.pull_request_number,
    )


async def _work(
    github: Answering, repo: Repository, question: OpenQuestion, _asked_at: datetime
) -> ResyncObserved | None:
    ended = await github.copilot_ended(repo, question.pull_request_number)
    if ended is None:
        return None
    answer: dict[str, Json] = {"finished_at": _written(ended.at), "failed": ended.failed}
    return ResyncObserved(
        kind="work",
        object=kept("work", answer),
        pull_request_number=question.pull_request_number,
    )


def _written(at: datetime) -> str:
    return at.isoformat()


_ANSWERS: Mapping[str, Answer] = {"permission": ask_permission, "closing": _closing, "work": _work}
