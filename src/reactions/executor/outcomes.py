"""What came of an action, as the event that records it: one for each action."""

from typing import TypeAlias

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
from events.catalogue.own import MAX_REASON
from events.envelope import Event, NewEvent
from events.errors import OrchestratorError
from events.identity import keyed_id
from reactions.ports.failures import GitHubFailure

Answered: TypeAlias = dict[str, Json]


def succeeded(event: Event, content: ActionRequested, answer: Answered, attempts: int) -> NewEvent:
    """Return the event that GitHub took an action."""
    outcome = ActionSucceeded(
        action_id=event.id, issue_number=content.issue_number, attempts=attempts, answer=answer
    )
    return _recorded(event, outcome)


def failed(event: Event, content: ActionRequested, error: Exception, attempts: int) -> NewEvent:
    """Return the event that an action failed for good, with GitHub's words where there are some."""
    known = isinstance(error, OrchestratorError)  # of others, who knows what their text quotes
    words = str(error) if known else f"unexpected {type(error).__name__}"
    answer: Answered = {}
    if isinstance(error, GitHubFailure):
        answer = {"status": error.status, "request_id": error.request_id}
    outcome = ActionFailed(
        action_id=event.id,
        issue_number=content.issue_number,
        attempts=attempts,
        error=words.encode(errors="replace").decode()[:MAX_REASON],  # no lone surrogates
        answer=answer,
    )
    return _recorded(event, outcome)


def cancelled(event: Event, content: ActionRequested, why: str) -> NewEvent:
    """Return the event that an action was called off."""
    outcome = ActionCancelled(
        action_id=event.id, issue_number=content.issue_number, why=why[:MAX_REASON]
    )
    return _recorded(event, outcome)


def _recorded(event: Event, outcome: OwnEvent) -> NewEvent:
    about = About(
        installation_id=event.installation_id,
        repository_id=event.repository_id,
        issue_number=event.subject_number,
    )
    return own_event(outcome, keyed_id(f"outcome:{event.id}"), about=about, cause=event)
