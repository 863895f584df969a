"""A stand-in for the executor: does on the worlds' GitHub what was decided, or fails to."""

from random import Random

from events.catalogue import (
    About,
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    Json,
    OwnEvent,
    own_event,
)
from events.envelope import Event, NewEvent
from events.github.comments import mark_of
from events.identity import keyed_id
from simulator.payloads import a_user
from tests.worlds.issues import Issue
from tests.worlds.people import copilot_reviewer, maintainer
from tests.worlds.possible import NotPossible
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository

_APP = a_user("copilot-orchestrator[bot]", type="Bot")


def perform(
    random: Random, repository: Repository, event: Event, asked: ActionRequested
) -> NewEvent:
    """Do it, mostly, and return the outcome; now and then GitHub refuses, or shows no effect."""
    luck = random.random()
    if luck < 0.07:
        return outcome(event, _failed(event, asked, "Validation Failed"))
    try:
        if luck < 0.93:
            _do(repository, event, asked)
    except NotPossible as error:
        return outcome(event, _failed(event, asked, str(error)))
    answer: dict[str, Json] = {"status": 200, "request_id": "R1"}
    told = ActionSucceeded(action_id=event.id, issue_number=asked.issue_number, answer=answer)
    return outcome(event, told)


def cancel(event: Event, asked: ActionRequested, why: str) -> NewEvent:
    """Return the outcome of an action that is not wanted any more."""
    told = ActionCancelled(action_id=event.id, issue_number=asked.issue_number, why=why)
    return outcome(event, told)


def outcome(event: Event, told: OwnEvent) -> NewEvent:
    """Put an outcome into the envelope that the executor gives it."""
    about = About(
        installation_id=event.installation_id,
        repository_id=event.repository_id,
        issue_number=event.subject_number,
    )
    return own_event(told, keyed_id(f"outcome:{event.id}"), about=about, cause=event)


def _failed(event: Event, asked: ActionRequested, error: str) -> ActionFailed:
    return ActionFailed(
        action_id=event.id,
        issue_number=asked.issue_number,
        attempts=2,
        error=error,
        answer={"status": 422},
    )


def _do(repository: Repository, event: Event, asked: ActionRequested) -> None:
    issue = repository.subjects[asked.issue_number - 1]
    pull = repository.subjects[(asked.pull_request_number or asked.issue_number) - 1]
    told = asked.parameters
    assert isinstance(issue, Issue)
    match asked.kind, pull:
        case "assign", _:
            issue.assign_copilot()
        case "set_label", _:
            ours = told["stages"]
            assert isinstance(ours, list)
            _label(issue, str(told["label"]), [f"{told['prefix']}{stage}" for stage in ours])
        case "mark_ready", PullRequest():
            pull.mark_ready()
        case "merge", PullRequest():
            pull.merge()
        case "request_copilot_review", PullRequest():
            pull.request_review(copilot_reviewer)
        case kind, (Issue() | PullRequest()):
            by = _APP if kind == "hand_to_person" else maintainer
            pull.comment(f"{str(told['body']).rstrip()}\n\n{mark_of(event.id)}\n", by)


def _label(issue: Issue, wanted: str, ours: list[str]) -> None:
    for name in [each for each in issue.labels if each in ours and each != wanted]:
        issue.unlabel(name)
    if wanted not in issue.labels:
        issue.label(wanted)
