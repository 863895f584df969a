"""Asking one question, and putting GitHub's answer into events that are read like deliveries."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from aggregates.workflow.questions import Question
from events.catalogue import Json, ResyncObserved
from events.envelope import NewEvent
from events.github.observations import kept, observed_event
from events.identity import keyed_id
from events.json_types import JsonObject
from reactions.asking.conflicts import ask_mergeable
from reactions.asking.sub_issues import seen_sub_issues
from reactions.asking.table import OpenQuestion
from reactions.ports.answers import Repository
from reactions.ports.failures import NotFound
from reactions.ports.github import Answering
from reactions.resync.news import news
from reactions.visits import Place

Answer: TypeAlias = Callable[
    [Answering, Repository, OpenQuestion, datetime], Awaitable[ResyncObserved | None]
]


async def answer_to(
    github: Answering, place: Place, question: OpenQuestion, asked_at: datetime
) -> list[NewEvent]:
    """Ask GitHub a question; returns what it told as events. Raises kinds of GitHubFailure."""
    if question.kind == "blockers":
        seen = await _blockers(github, place, question.issue_number)
        return await asyncio.to_thread(news, place, seen, asked_at)
    if question.kind == "sub_issues":
        seen = await seen_sub_issues(github, place, question.issue_number, asked_at)
        return await asyncio.to_thread(news, place, seen, asked_at)
    content = await _ANSWERS[question.kind](github, place.repo, question, asked_at)
    return [] if content is None else [answer_event(place, content)]


def answer_event(place: Place, content: ResyncObserved) -> NewEvent:
    """Put an answer into an event: the same once, with the time of asking where it has that.

    And with up to where we had heard of the repository then: clocks may differ, and jump.
    """
    if "asked_at" in content.object:
        answer = {**content.object, "asked_after": place.lane.position}
        content = content.model_copy(update={"object": answer})
    repository_id = place.lane.repository_id
    event_id = keyed_id(f"answer:{repository_id}:{content.kind}:{content.model_dump_json()}")
    return observed_event(content, event_id, repository_id, place.repo.installation_id)


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


async def _blockers(github: Answering, place: Place, number: int) -> list[ResyncObserved]:
    """Read an issue anew, whose count no delivery tells when a blocker ends, and what blocks it."""
    found = [_placed(place, each) async for each in github.blockers(place.repo, number)]
    issue = await github.whole_issue(place.repo, number)
    name: dict[str, Json] = {"full_name": place.repo.full_name}
    about: JsonObject = {"number": number, "updated_at": issue.get("updated_at")}
    answer = kept("blockers", {**about, "issues": found})
    blockers = ResyncObserved(kind="blockers", object=answer, repository=name)
    return [blockers, ResyncObserved(kind="issue", object=kept("issue", issue), repository=name)]


def _placed(place: Place, blocker: JsonObject) -> JsonObject:
    """Give a blocker the id of its repository, where that is the place's."""
    home = blocker.get("repository")
    name = home.get("full_name") if isinstance(home, dict) and "id" not in home else None
    is_here = isinstance(name, str) and name.casefold() == place.repo.full_name.casefold()
    return {**blocker, "repository": {"id": place.lane.repository_id}} if is_here else blocker


def _written(at: datetime) -> str:
    return at.isoformat()


_ANSWERS: Mapping[str, Answer] = {
    "permission": ask_permission,
    "closing": _closing,
    "work": _work,
    "mergeable": ask_mergeable,
}
