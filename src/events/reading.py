"""What a stored event tells of GitHub: a delivery does, and what we saw when we asked."""

from events.catalogue import ResyncObserved, content_of
from events.delivery import delivered
from events.envelope import GITHUB, Event
from events.errors import OrchestratorError
from events.github import Problem, Reading, read_delivery
from events.github.observations import read_observation

_NOTHING = Reading()


def tells_facts(event: Event) -> bool:
    """Say whether an event tells what GitHub says, rather than what we or operators did."""
    return event.source == GITHUB or event.type == ResyncObserved.type


def read_facts(event: Event) -> Reading:
    """Read the facts in an event; what we or operators did holds none. Total."""
    if not tells_facts(event):
        return _NOTHING
    try:
        if event.source == GITHUB:
            return read_delivery(event.type, event.action, delivered(event))
        return _observed(event)
    except (OrchestratorError, ValueError) as error:  # pydantic's are ValueErrors
        problem = Problem(path="$", expected="a delivery's payload", found=type(error).__name__)
        return Reading(problems=(problem,))


def _observed(event: Event) -> Reading:
    content = content_of(event)
    if not isinstance(content, ResyncObserved):
        return _NOTHING
    return read_observation(content, event.repository_id, event.installation_id)
