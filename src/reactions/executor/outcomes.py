"""What comes of an action: its one outcome, as an event, or another try later."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from aggregates.actions import TRAITS
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
from reactions.ports.failures import Conflict, GitHubFailure, RateLimited, Refused, Unavailable

Answered: TypeAlias = dict[str, Json]

MAX_ATTEMPTS = 8
MAX_IGNORED = 5
MAX_CONFLICTS = 5

_SAID_NO = 300  # the status from which on an answer is no yes
_LONGEST_BACKOFF = 300.0  # seconds
_FIRST_PATIENCE, _LONGEST_PATIENCE, _SOONEST_LOOK = 60.0, 600.0, 2.0  # seconds
_BRIEFLY, _LONGEST_REST = timedelta(seconds=1), timedelta(hours=2)


class Ahead(OrchestratorError):
    """GitHub is further than what we heard of it; a delivery may be on its way."""


class GivenUp(OrchestratorError):
    """Workers began an action often enough, and none came to tell of its end."""


class Doubt(OrchestratorError):
    """A comment may have been posted without being shown yet; ``seconds`` until another look."""

    def __init__(self, seconds: float) -> None:
        super().__init__("GitHub may have taken the comment, and does not show it yet")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Request:
    """An action that is asked for live: the event, and what it says."""

    event: Event
    action: ActionRequested


def succeeded(request: Request, answer: Answered, tried: int) -> NewEvent:
    """Return the event that GitHub took an action at a try, the how-manieth it was."""
    outcome = ActionSucceeded(
        action_id=request.event.id,
        issue_number=request.action.issue_number,
        attempts=min(tried, MAX_ATTEMPTS),
        answer=answer,
    )
    return _recorded(request, outcome)


def cancelled(request: Request, why: str) -> NewEvent:
    """Return the event that an action was called off."""
    outcome = ActionCancelled(
        action_id=request.event.id,
        issue_number=request.action.issue_number,
        why=why[:MAX_REASON],
    )
    return _recorded(request, outcome)


def outcome_of(
    request: Request, error: Exception, tried: int, passed: str | None
) -> NewEvent | None:
    """Return the outcome that an error at a try makes, None where trying again may help.

    ``passed`` says why the action is wanted no longer: then it is called off instead of failing.
    """
    if isinstance(error, RateLimited):
        return None
    seen = passed is not None and isinstance(error, Ahead)  # what passed is known by now
    if tried < _attempts_for(error, request) and not seen:
        return None
    if passed is not None:
        return cancelled(request, passed)
    return _failed(request, error, tried)


def doubt_of(sent_at: datetime | None, sent: int, now: datetime) -> Doubt | None:
    """Return that a comment sent then, the how-manieth time, may still show up; None: no longer.

    GitHub's lists may lag behind what it took. It is looked for at once and ever more seldom, for a
    minute the first time and twice as long each time that it was sent again.
    """
    if sent_at is None:
        return None
    patience = min(_LONGEST_PATIENCE, _FIRST_PATIENCE * 2 ** (max(1, sent) - 1))
    waited = (now - sent_at).total_seconds()
    if abs(waited) >= patience:  # should the clock have been elsewhere, that was no wait
        return None
    return Doubt(min(patience - abs(waited), max(_SOONEST_LOOK, abs(waited))))


def delay(error: Exception, tried: int, now: datetime, random: float) -> float:
    """Return the seconds until the next try after so many; ``random`` is from 0 to 1.

    They double with each, and half of them is drawn, so that not all come back at once.
    """
    backoff = min(_LONGEST_BACKOFF, float(2**tried)) * (0.5 + random / 2)
    if not isinstance(error, Unavailable) or error.until is None:
        return backoff
    return max(backoff, (_bounded(error.until, now) - now).total_seconds())


def end_of(limited: RateLimited, now: datetime) -> datetime:
    """Return when a limit is over, within bounds: not at once, and not for ever."""
    return _bounded(limited.until, now)


def _attempts_for(error: Exception, request: Request) -> int:
    """Return how many attempts an error is worth: one where GitHub said no.

    Where it said yes and did nothing, as it does with assignees now and then, it is asked again; of
    these attempts some may have met a bad gateway or died with their worker. A merge is turned down
    right after the base or the head moved, too, and what the next delivery tells may call it off. A
    comment of which nobody knows what came of it is still looked for after the last attempt.
    """
    if isinstance(error, Conflict):
        return MAX_CONFLICTS
    if isinstance(error, Refused) and (error.status or _SAID_NO) < _SAID_NO:
        return MAX_IGNORED
    final = isinstance(error, GitHubFailure | GivenUp) and not isinstance(error, Unavailable)
    return 1 if final else MAX_ATTEMPTS + TRAITS[request.action.kind].speaks


def _failed(request: Request, error: Exception, tried: int) -> NewEvent:
    """Return the event that an action failed for good, with GitHub's words where there are some."""
    known = isinstance(error, OrchestratorError)  # of others, who knows what their text quotes
    words = str(error) if known else f"unexpected {type(error).__name__}"
    answer: Answered = {}
    if isinstance(error, GitHubFailure):
        answer = {"status": error.status, "request_id": error.request_id}
    outcome = ActionFailed(
        action_id=request.event.id,
        issue_number=request.action.issue_number,
        attempts=min(tried, MAX_ATTEMPTS),
        error=words.encode(errors="replace").decode()[:MAX_REASON],  # no lone surrogates
        answer=answer,
    )
    return _recorded(request, outcome)


def _recorded(request: Request, outcome: OwnEvent) -> NewEvent:
    event = request.event
    about = About(
        installation_id=event.installation_id,
        repository_id=event.repository_id,
        issue_number=event.subject_number,
    )
    return own_event(outcome, keyed_id(f"outcome:{event.id}"), about=about, cause=event)


def _bounded(until: datetime, now: datetime) -> datetime:
    return min(max(until, now + _BRIEFLY), now + _LONGEST_REST)
