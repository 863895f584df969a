"""Doing one action: to look whether it is done already, and to do it."""

from datetime import timedelta

from events.catalogue import ActionRequested, Json
from events.envelope import Event
from events.errors import OrchestratorError
from events.github.copilot import is_copilot_agent, is_copilot_reviewer
from events.marks import mark_of
from reactions.executor.labels import set_label
from reactions.executor.paced import Workable
from reactions.ports.answers import (
    Answer,
    Assignment,
    Issue,
    MergeMethod,
    PullRequest,
    Repository,
)
from reactions.ports.failures import Refused

Outcome = dict[str, Json]

_ALREADY: Outcome = {"already": True}
_METHODS: dict[str, MergeMethod] = {"merge": "merge", "squash": "squash", "rebase": "rebase"}
_BEFORE = timedelta(hours=1)  # GitHub's clock and ours may differ


class Ahead(OrchestratorError):
    """GitHub is further than what we heard of it; a delivery may be on its way."""


async def look(
    github: Workable, repo: Repository, event: Event, action: ActionRequested
) -> Outcome | None:
    """Return what shows that an action was done before, None where nothing does.

    Raises a kind of GitHubFailure, or Ahead.
    """
    match action.kind:
        case "assign":
            return _assigned(await github.issue(repo, action.issue_number))
        case "ask_to_fix_ci" | "ask_to_address_review" | "hand_to_person":
            since = event.recorded_at - _BEFORE
            known = await github.comment_with(repo, _where(action), mark_of(event.id), since)
            return None if known is None else _ALREADY | {"comment_id": known}
        case "set_label":
            return None  # to set it once more does no harm
        case "merge" | "mark_ready" | "request_copilot_review":
            pull = await github.pull_request(repo, _number(action))
            return _shown(pull, action)


async def act(github: Workable, repo: Repository, event: Event, action: ActionRequested) -> Outcome:
    """Do an action and return what GitHub answered; raises a kind of GitHubFailure."""
    match action.kind:
        case "assign":
            wanted = _assignment(action)
            answer = await github.assign_copilot(repo, action.issue_number, wanted)
        case "ask_to_fix_ci" | "ask_to_address_review" | "hand_to_person":
            as_user = action.kind != "hand_to_person"
            body = _body(event, action)
            answer = await github.comment(repo, _where(action), body, as_user=as_user)
        case "set_label":
            return await set_label(github, repo, action)
        case "merge":
            answer = await _merge(github, repo, action)
        case "mark_ready":
            answer = await github.mark_ready(repo, _number(action))
        case _:
            answer = await github.request_copilot_review(repo, _number(action))
    return answer.as_json()


def _assigned(issue: Issue) -> Outcome | None:
    if any(map(is_copilot_agent, issue.assignee_ids)):
        return _ALREADY
    if issue.state == "closed":
        raise Ahead("the issue is closed, and no delivery told of it")
    return None


def _shown(pull: PullRequest, action: ActionRequested) -> Outcome | None:
    done = {
        "merge": pull.merged,
        "mark_ready": not pull.draft,
        "request_copilot_review": any(map(is_copilot_reviewer, pull.requested_reviewer_ids)),
    }
    if done[action.kind]:
        return _ALREADY
    if pull.state == "closed":
        raise Ahead("the pull request is closed, and no delivery told of it")
    if action.kind != "merge" and pull.head_sha != action.head_sha:  # GitHub sees to a merge's
        raise Ahead("the pull request's head moved on, and no delivery told of it")
    return None


def _assignment(action: ActionRequested) -> Assignment:
    told = action.parameters
    return Assignment(
        base_branch=_text(told.get("base_branch")) or None,
        instructions=_text(told.get("instructions")),
        custom_agent=_text(told.get("custom_agent")),
        model=_text(told.get("model")),
    )


def _body(event: Event, action: ActionRequested) -> str:
    return f"{_text(action.parameters.get('body')).rstrip()}\n\n{mark_of(event.id)}\n"


async def _merge(github: Workable, repo: Repository, action: ActionRequested) -> Answer:
    method = _METHODS.get(_text(action.parameters.get("method")))
    if method is None or action.head_sha is None:
        raise Refused("the action names no way to merge, or no head")
    return await github.merge(repo, _number(action), action.head_sha, method)


def _where(action: ActionRequested) -> int:
    return action.pull_request_number or action.issue_number


def _number(action: ActionRequested) -> int:
    if action.pull_request_number is None:
        raise Refused("the action names no pull request")
    return action.pull_request_number


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
