"""What GitHub tells people alone, and only where it knows of it at all: a preview."""

from dataclasses import dataclass

from events.catalogue import ResyncObserved
from reactions.ports.failures import Forbidden, GitHubFailure, NotFound, Refused

_BAD_REQUEST = 400  # so a server says that it does not know the version of the preview


@dataclass(frozen=True, slots=True)
class PersonsAnswer:
    """What is news, if anything; ``told``: GitHub tells of such a thing at all."""

    content: ResyncObserved | None
    told: bool = True


def is_unknown(failure: GitHubFailure) -> bool:
    """Say whether GitHub knows no such thing, or does not let the person see it."""
    if isinstance(failure, Refused):
        return failure.status == _BAD_REQUEST
    return isinstance(failure, NotFound | Forbidden)
