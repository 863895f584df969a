"""Asking how Copilot's session stands: as a person, since GitHub tells no App."""

from datetime import datetime

from aggregates.lane import KnownPullRequest, Lane
from aggregates.workflow.sessions import without_pull_request
from aggregates.workflow.trust import Trust, trust_of, voice_of
from events.catalogue import Json, ResyncObserved
from events.github import SessionSeen
from events.github.observations import kept
from events.github.sessions import address, state_of
from reactions.as_whom import AsWhom
from reactions.asking.previews import PersonsAnswer, is_unknown
from reactions.asking.table import OpenQuestion
from reactions.ports.answers import Task
from reactions.ports.failures import GitHubFailure


async def ask_session(
    as_whom: AsWhom, lane: Lane, question: OpenQuestion, asked_at: datetime
) -> PersonsAnswer:
    """Ask how the session for an issue stands; what is known already is no news.

    Raises kinds of GitHubFailure but those that say that GitHub tells nothing of sessions.
    """
    known = lane.issue(question.issue_number).session
    about: dict[str, Json] = {"number": question.issue_number, "asked_at": asked_at.isoformat()}
    try:
        tasks = await as_whom.ask(lambda github: github.tasks(as_whom.repo))
    except GitHubFailure as failure:
        if not is_unknown(failure):
            raise
        unheard = None if known is not None else _observed({**about, "state": "unsupported"})
        return PersonsAnswer(unheard, told=False)
    task = task_of(lane, question.issue_number, question.pull_request_number, tasks)
    if task is None or (known is not None and _is_known(known, task, question)):
        return PersonsAnswer(None)
    pull = lane.pull_request(question.pull_request_number)
    began_at = _began_at(pull, trust_of(as_whom.around), task)
    answer: dict[str, Json] = {
        **about,
        "id": task.id,
        "state": task.state,
        "html_url": address(task.html_url),
        "updated_at": task.updated_at.isoformat(),
        "began_at": began_at.isoformat(),
        "pull_number": question.pull_request_number or None,
    }
    return PersonsAnswer(_observed(answer))


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


def _is_known(known: SessionSeen, task: Task, question: OpenQuestion) -> bool:
    now = (task.id, state_of(task.state), address(task.html_url), task.updated_at)
    then = (known.task_id, known.state, known.html_url, known.updated_at)
    return now == then and known.pull_number == (question.pull_request_number or None)


def _began_at(pull: KnownPullRequest, trust: Trust, task: Task) -> datetime:
    """Return when the task was made or, if that is later, when it was last told to go on.

    By somebody whose word counts.
    """
    told = (each for each in pull.mentions.values() if each.at <= task.updated_at)
    return max([task.created_at, *(m.at for m in told if voice_of(m, pull, trust).counts)])


def _observed(answer: dict[str, Json]) -> ResyncObserved:
    return ResyncObserved(kind="session", object=kept("session", answer))
