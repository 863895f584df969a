"""What we and operators say of a lane, as events that have no place in the log yet."""

# ruff: noqa: ANN401 (builders take any field of what they build)

from typing import Any
from uuid import UUID, uuid4

from events.catalogue import (
    About,
    ActionCancelled,
    ActionFailed,
    ActionRequested,
    ActionSucceeded,
    OwnEvent,
    own_event,
)
from events.envelope import OPERATOR, Event, NewEvent

ACTION = UUID("00000000-0000-4000-8000-00000000ac70")
LANE = About(installation_id=11, repository_id=7)


def a_request(action_id: UUID | None = None, **changes: Any) -> NewEvent:
    """A live request to assign Copilot to issue 17; ``about`` and ``cause`` may be changed too."""
    about: About = changes.pop("about", LANE)
    cause: Event | None = changes.pop("cause", None)
    told: dict[str, Any] = {
        "kind": "assign",
        "mode": "live",
        "issue_number": 17,
        "generation": 0,
        "token": "1",
        "reason": "it is next in the queue",
    }
    content = ActionRequested(**told | changes)
    return own_event(content, action_id or uuid4(), about=about, cause=cause)


def a_success(action_id: UUID = ACTION, *, about: About = LANE, **changes: Any) -> NewEvent:
    told: dict[str, Any] = {"action_id": action_id, "issue_number": 17}
    return _outcome(ActionSucceeded(**told | changes), about)


def a_failure(action_id: UUID = ACTION, *, about: About = LANE, **changes: Any) -> NewEvent:
    told: dict[str, Any] = {"action_id": action_id, "issue_number": 17, "error": "GitHub said no"}
    return _outcome(ActionFailed(**told | changes), about)


def a_cancellation(action_id: UUID = ACTION, *, about: About = LANE, **changes: Any) -> NewEvent:
    told: dict[str, Any] = {"action_id": action_id, "issue_number": 17, "why": "it waited too long"}
    return _outcome(ActionCancelled(**told | changes), about)


def told(content: OwnEvent, about: About = LANE, by: str | None = "ada") -> NewEvent:
    """What an operator tells us."""
    return own_event(content, uuid4(), source=OPERATOR, about=about, by=by)


def _outcome(content: OwnEvent, about: About = LANE) -> NewEvent:
    return own_event(content, uuid4(), about=about)
