"""Doing one action: for each kind how it is looked whether it is done already, and how it is done.

What is done may have been done before, by a worker that died or that another took over from.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from events.catalogue import ActionKind, ActionRequested, Json
from events.envelope import NewEvent
from events.github.agents import COPILOT, Agent, agent_named, has_agent
from events.github.names import is_copilot_reviewer, label_key
from reactions.executor.outcomes import (
    MAX_ATTEMPTS,
    Ahead,
    Answered,
    Doubt,
    GivenUp,
    Request,
    cancelled,
    succeeded,
)
from reactions.executor.pace import Turns
from reactions.ports.answers import Assignment, MergeMethod, PullRequest
from reactions.ports.failures import Refused

_ALREADY: Answered = {"already": True}
_METHODS: dict[str, MergeMethod] = {"merge": "merge", "squash": "squash", "rebase": "rebase"}
_BEFORE = timedelta(hours=1)  # GitHub's clock and ours may differ


@dataclass(frozen=True, slots=True)
class Performing:
    """How actions of one kind are done, and as whom.

    ``look`` returns what shows one to be done already, None where nothing does, and may raise
    Ahead; ``act`` returns what GitHub answered. Both raise kinds of GitHubFailure.
    """

    look: Callable[[Turns, Request], Awaitable[Answered | None]]
    act: Callable[[Turns, Request], Awaitable[Answered]]
    as_user: bool


async def perform(
    turns: Turns, request: Request, tried: int, passed: str | None, doubt: Doubt | None = None
) -> NewEvent:
    """Do what is asked for, unless it is done already, and return the outcome.

    ``tried`` says the how-manieth try it is. ``passed`` says why it is wanted no longer: an earlier
    try may have done it, so it is still looked for, but not done. ``doubt``: an earlier try may
    have done it without GitHub showing it yet. Raises that then, and what ``outcomes.outcome_of``
    takes, and what admits changes raises.
    """
    performing = PERFORMING[request.action.kind]
    done = await performing.look(turns, request)
    if done is not None:
        return succeeded(request, done, tried)
    if doubt is not None:
        raise doubt
    if passed is not None:
        return cancelled(request, passed)
    if tried > MAX_ATTEMPTS:
        raise GivenUp(f"it was tried {MAX_ATTEMPTS} times, and nobody learnt what came of it")
    return succeeded(request, await performing.act(turns, request), tried)


async def _is_assigned(turns: Turns, request: Request) -> Answered | None:
    """Look whether an agent is assigned; from before a reopening that is not what is asked for."""
    issue = await turns.looking.issue(turns.repo, request.action.issue_number)
    if has_agent(issue.assignee_ids) and not _is_anew(request):
        return _ALREADY
    if issue.state == "closed":
        raise Ahead("the issue is closed, and no delivery told of it")
    return None


async def _assign(turns: Turns, request: Request) -> Answered:
    number, told = request.action.issue_number, request.action.parameters
    wanted = Assignment(
        agent=_agent(request),
        base_branch=_text(told.get("base_branch")) or None,
        instructions=_text(told.get("instructions")),
        custom_agent=_text(told.get("custom_agent")),
        model=_text(told.get("model")),
    )
    if _is_anew(request):  # to assign whoever is assigned starts nothing
        await turns.change(lambda github: github.unassign(turns.repo, number, wanted.agent))
    return await turns.change(lambda github: github.assign(turns.repo, number, wanted))


def _agent(request: Request) -> Agent:
    """Return who is to be assigned; raises Refused where the table has them no more."""
    name = _text(request.action.parameters.get("agent")) or COPILOT.name
    agent = agent_named(name)
    if agent is None:
        raise Refused(f"there is no agent {name} in this server's table")
    return agent


def _is_anew(request: Request) -> bool:
    return request.action.parameters.get("anew") is True


async def _is_said(turns: Turns, request: Request) -> Answered | None:
    where, since = _where(request.action), request.event.recorded_at - _BEFORE
    mark = turns.mark
    async for known in turns.looking.comments_with(turns.repo, where, mark.plain, since):
        if mark.is_on(known):
            at = known.created_at
            told: Answered = {} if at is None else {"created_at": at.isoformat()}
            return _ALREADY | {"comment_id": known.id} | told
    return None


async def _say(turns: Turns, request: Request) -> Answered:
    where, said = _where(request.action), _text(request.action.parameters.get("body")).rstrip()
    body, as_user = f"{said}\n\n{turns.mark.text}\n", turns.as_user
    return await turns.change(
        lambda github: github.comment(turns.repo, where, body, as_user=as_user)
    )


async def _is_merged(turns: Turns, request: Request) -> Answered | None:
    pull = await turns.looking.pull_request(turns.repo, _number(request.action))
    if pull.merged:
        return _ALREADY
    _check_open(pull)  # GitHub sees to the head
    return None


async def _merge(turns: Turns, request: Request) -> Answered:
    number, head = _number(request.action), request.action.head_sha
    method = _METHODS.get(_text(request.action.parameters.get("method")))
    if method is None or head is None:
        raise Refused("the action names no way to merge, or no head")
    return await turns.change(lambda github: github.merge(turns.repo, number, head, method))


async def _is_ready(turns: Turns, request: Request) -> Answered | None:
    pull = await turns.looking.pull_request(turns.repo, _number(request.action))
    if not pull.draft:
        return _ALREADY
    _check_head(pull, request)
    return None


async def _mark_ready(turns: Turns, request: Request) -> Answered:
    number = _number(request.action)
    return await turns.change(lambda github: github.mark_ready(turns.repo, number))


async def _is_asked(turns: Turns, request: Request) -> Answered | None:
    pull = await turns.looking.pull_request(turns.repo, _number(request.action))
    if any(map(is_copilot_reviewer, pull.requested_reviewer_ids)):
        return _ALREADY
    _check_head(pull, request)
    return None


async def _request_copilot_review(turns: Turns, request: Request) -> Answered:
    number = _number(request.action)
    return await turns.change(lambda github: github.request_copilot_review(turns.repo, number))


async def _runs_again(turns: Turns, request: Request) -> Answered | None:
    """Look whether every run is in a later attempt than the one that failed, or at it again."""
    left = [run_id async for run_id in _still_failed(turns, request)]
    return None if left else _ALREADY


async def _run_again(turns: Turns, request: Request) -> Answered:
    again: list[Json] = []
    async for run_id in _still_failed(turns, request):
        await _run_one_again(turns, run_id)
        again.append(run_id)
    return {"runs": again}


async def _run_one_again(turns: Turns, run_id: int) -> Answered:
    return await turns.change(lambda github: github.rerun_failed_jobs(turns.repo, run_id))


async def _still_failed(turns: Turns, request: Request) -> AsyncIterator[int]:
    """Yield the runs that are as they were when the action was decided."""
    runs = request.action.parameters.get("runs")
    if not isinstance(runs, dict):
        raise Refused("the action names no runs")
    for run_id, attempt in runs.items():
        run = await turns.looking.actions_run(turns.repo, int(run_id))
        if run.get("status") == "completed" and run.get("run_attempt") == attempt:
            yield int(run_id)


async def _is_on(turns: Turns, request: Request) -> Answered | None:
    """Look whether Agent Merge is on."""
    on = await turns.ask(lambda github: github.agent_merge(turns.repo, _number(request.action)))
    return _ALREADY if on else None


async def _is_off(turns: Turns, request: Request) -> Answered | None:
    on = await turns.ask(lambda github: github.agent_merge(turns.repo, _number(request.action)))
    return None if on else _ALREADY


async def _switch_on(turns: Turns, request: Request) -> Answered:
    number = _number(request.action)
    return await turns.change(lambda github: github.enable_agent_merge(turns.repo, number))


async def _switch_off(turns: Turns, request: Request) -> Answered:
    number = _number(request.action)
    return await turns.change(lambda github: github.disable_agent_merge(turns.repo, number))


async def _look_at_nothing(_turns: Turns, _request: Request) -> None:
    """Leave it to the act, which changes only what is amiss."""


async def _set_label(turns: Turns, request: Request) -> Answered:
    """Let an issue carry one label of ours: the wanted one comes, others go, people's stay."""
    number, told = request.action.issue_number, request.action.parameters
    label, stages = told.get("label"), told.get("stages")
    if not isinstance(label, str) or not isinstance(stages, list):
        raise Refused("the action names no label")
    labels = (await turns.looking.issue(turns.repo, number)).labels
    ours = {label_key(f"{told.get('prefix')}{stage}") for stage in stages} - {label_key(label)}
    removed = [known for known in labels if label_key(known) in ours]
    there = label_key(label) in map(label_key, labels)
    answer: Answered = {"already": there and not removed}
    if not there:  # first, so that the issue is never without
        answer |= await turns.change(lambda github: github.add_label(turns.repo, number, label))
    for other in removed:
        answer |= await _remove_label(turns, number, other)
    return answer | {"removed": list(removed)}


async def _remove_label(turns: Turns, number: int, label: str) -> Answered:
    return await turns.change(lambda github: github.remove_label(turns.repo, number, label))


def _check_open(pull: PullRequest) -> None:
    """Raise Ahead where a pull request can be brought on no further."""
    if pull.state == "closed":
        raise Ahead("the pull request is closed, and no delivery told of it")


def _check_head(pull: PullRequest, request: Request) -> None:
    """Raise Ahead where a pull request is not as it was when the action was decided."""
    _check_open(pull)
    if pull.head_sha != request.action.head_sha:
        raise Ahead("the pull request's head moved on, and no delivery told of it")


def _where(action: ActionRequested) -> int:
    return action.pull_request_number or action.issue_number


def _number(action: ActionRequested) -> int:
    if action.pull_request_number is None:
        raise Refused("the action names no pull request")
    return action.pull_request_number


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


PERFORMING: Mapping[ActionKind, Performing] = {
    "assign": Performing(_is_assigned, _assign, as_user=True),
    "ask_to_fix_ci": Performing(_is_said, _say, as_user=True),
    "ask_to_address_review": Performing(_is_said, _say, as_user=True),
    "ask_to_resolve_conflicts": Performing(_is_said, _say, as_user=True),
    "mark_ready": Performing(_is_ready, _mark_ready, as_user=True),
    "request_copilot_review": Performing(_is_asked, _request_copilot_review, as_user=True),
    "rerun_failed_jobs": Performing(_runs_again, _run_again, as_user=False),
    "enable_agent_merge": Performing(_is_on, _switch_on, as_user=True),
    "disable_agent_merge": Performing(_is_off, _switch_off, as_user=True),
    "set_label": Performing(_look_at_nothing, _set_label, as_user=False),
    "merge": Performing(_is_merged, _merge, as_user=False),
    "hand_to_person": Performing(_is_said, _say, as_user=False),
}
