"""Doing one action: look whether it is done already, then do it."""

from datetime import timedelta

from events.catalogue import ActionRequested, Json
from events.envelope import Event
from events.facts.copilot import is_copilot_agent
from events.marks import mark_of
from reactions.executor.labels import set_label
from reactions.ports.answers import Assignment, MergeMethod, Repository
from reactions.ports.failures import Refused
from reactions.ports.github import GitHub

Outcome = dict[str, Json]

_ALREADY: Outcome = {"already": True}
_METHODS: dict[str, MergeMethod] = {"merge": "merge", "squash": "squash", "rebase": "rebase"}
_BEFORE = timedelta(hours=1)  # GitHub's clock and ours may differ


async def perform(
    github: GitHub, repo: Repository, event: Event, action: ActionRequested
) -> Outcome:
    """Do an action and return what GitHub answered; ``already`` where it was done before.

    Raises a kind of GitHubFailure.
    """
    match action.kind:
        case "assign":
            return await _assign(github, repo, action)
        case "ask_to_fix_ci" | "ask_to_address_review" | "hand_to_person":
            return await _comment(github, repo, event, action)
        case "set_label":
            return await set_label(github, repo, action)
        case "merge":
            return await _merge(github, repo, action)
        case "mark_ready":
            return (await github.mark_ready(repo, _number(action))).as_json()
        case "request_copilot_review":
            return (await github.request_copilot_review(repo, _number(action))).as_json()


async def _assign(github: GitHub, repo: Repository, action: ActionRequested) -> Outcome:
    issue = await github.issue(repo, action.issue_number)
    if any(map(is_copilot_agent, issue.assignee_ids)):
        return _ALREADY
    told = action.parameters
    branch = told.get("base_branch")
    assignment = Assignment(
        base_branch=str(branch) if branch else None,
        instructions=_text(told.get("instructions")),
        custom_agent=_text(told.get("custom_agent")),
        model=_text(told.get("model")),
    )
    return (await github.assign_copilot(repo, action.issue_number, assignment)).as_json()


async def _comment(
    github: GitHub, repo: Repository, event: Event, action: ActionRequested
) -> Outcome:
    number = action.pull_request_number or action.issue_number
    mark = mark_of(event.id)
    known = await github.comment_with(repo, number, mark, event.recorded_at - _BEFORE)
    if known is not None:
        return _ALREADY | {"comment_id": known}
    body = f"{_text(action.parameters.get('body')).rstrip()}\n\n{mark}\n"
    as_user = action.kind != "hand_to_person"
    return (await github.comment(repo, number, body, as_user=as_user)).as_json()


async def _merge(github: GitHub, repo: Repository, action: ActionRequested) -> Outcome:
    pull = await github.pull_request(repo, _number(action))
    if pull.merged:
        return _ALREADY
    method = _METHODS.get(_text(action.parameters.get("method")))
    if method is None or action.head_sha is None:
        raise Refused("the action names no way to merge, or no head")
    return (await github.merge(repo, pull.number, action.head_sha, method)).as_json()


def _number(action: ActionRequested) -> int:
    if action.pull_request_number is None:
        raise Refused("the action names no pull request")
    return action.pull_request_number


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
