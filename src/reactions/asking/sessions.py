"""Asking how Copilot's session stands: as a person, since GitHub tells no App."""

from dataclasses import dataclass
from datetime import datetime

from aggregates.lane import Lane
from aggregates.workflow.sessions import without_pull_request
from events.catalogue import Json, ResyncObserved
from events.github import SessionSeen
from events.github.observations import kept
from events.github.sessions import address, state_of
from reactions.as_whom import AsWhom
from reactions.asking.table import OpenQuestion
from reactions.ports.answers import Repository, Task
from reactions.ports.failures import Forbidden, NotFound, Refused, Unauthorised

_BAD_REQUEST = 400  # so a server says that it does not know the version of the preview


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """What is news of a session, if anything; ``told``: GitHub tells of sessions at all."""

    content: ResyncObserved | None
    told: bool = True


async def ask_session(
    as_whom: AsWhom, lane: Lane, question: OpenQuestion, asked_at: datetime
) -> SessionAnswer:
    """Ask how the session for an issue stands; what is known already is no news.

    Raises kinds of GitHubFailure but those that say that GitHub tells nothing of sessions.
    """
    known = lane.issue(question.issue_number).session
    about: dict[str, Json] = {"number": question.issue_number, "asked_at": asked_at.isoformat()}
    try:
        tasks = await _tasks(as_whom, as_whom.repo)
    except (NotFound, Forbidden, Refused) as refused:
        if isinstance(refused, Refused) and refused.status != _BAD_REQUEST:
            raise
        unheard = None if known is not None else _observed({**about, "state": "unsupported"})
        return SessionAnswer(unheard, told=False)
    task = task_of(lane, question.issue_number, question.pull_request_number, tasks)
    if task is None or (known is not None and _is_known(known, task, question)):
        return SessionAnswer(None)
    began_at = _began_at(lane, question.pull_request_number, task)
    answer: dict[str, Json] = {
        **about,
        "id": task.id,
        "state": task.state,
        "html_url": address(task.html_url),
        "updated_at": task.updated_at.isoformat(),
        "began_at": began_at.isoformat(),
        "pull_number": question.pull_request_number or None,
    }
    return SessionAnswer(_observed(answer))


def task_of(lane: Lane, issue: int, pull_request: int, tasks: tuple[Task, ...]) -> Task | None:
    """Return which task is an issue's: that of its pull request, the one that moved last.

    Before there is one: the only one without any that was made since Copilot was assigned, if
    Copilot has no other issue without a pull request either.
    """
    if pull_request:
        pull = lane.pull_request(pull_request).seen
        of_it = [each for each in tasks if pull is not None and pull.id in each.pull_ids]
        return max(of_it, key=lambda task: (task.updated_at, task.id), default=None)
    if without_pull_request(lane) != (issue,):
        return None
    assignment = lane.issue(issue).assignment
    since = assignment.at if assignment is not None and assignment.present else None
    fitting = [t for t in tasks if not t.pull_ids and (since is None or t.created_at >= since)]
    return fitting[0] if len(fitting) == 1 else None


async def _tasks(as_whom: AsWhom, repo: Repository) -> tuple[Task, ...]:
    """Ask as the first who lets us; once more where a token did not hold any longer."""
    actor = await as_whom.choose()
    try:
        return await actor.github.tasks(repo)
    except Unauthorised as failure:
        if not await as_whom.makes_way(actor, failure):
            raise
    return await (await as_whom.choose()).github.tasks(repo)


def _is_known(known: SessionSeen, task: Task, question: OpenQuestion) -> bool:
    now = (task.id, state_of(task.state), address(task.html_url), task.updated_at)
    then = (known.task_id, known.state, known.html_url, known.updated_at)
    return now == then and known.pull_number == (question.pull_request_number or None)


def _began_at(lane: Lane, pull_request: int, task: Task) -> datetime:
    """Return when the task was made or, if that is later, when somebody last told it to go on."""
    mentions = lane.pull_request(pull_request).mentions.values()
    told = [each.at for each in mentions if each.at <= task.updated_at]
    return max([task.created_at, *told])


def _observed(answer: dict[str, Json]) -> ResyncObserved:
    return ResyncObserved(kind="session", object=kept("session", answer))
