"""What is read of GitHub: a line a noun."""

from collections.abc import Mapping

from events.github import (
    agent_merge,
    answers,
    checks,
    comments,
    conflicts,
    failures,
    installations,
    issues,
    pull_requests,
    pushes,
    relations,
    repositories,
    requirements,
    reviews,
    sessions,
    sub_issues,
)
from events.github.reading import Delivered, Noun, Observed, Reader, Reading
from events.json_types import JsonObject

NOUNS: tuple[Noun, ...] = (
    repositories.NOUN,
    installations.NOUN,
    issues.NOUN,
    comments.NOUN,
    relations.NOUN,
    pull_requests.NOUN,
    reviews.NOUN,
    checks.NOUN,
    requirements.NOUN,
    pushes.NOUN,
    answers.NOUN,
    conflicts.NOUN,
    failures.NOUN,
    sessions.NOUN,
    sub_issues.NOUN,
    agent_merge.NOUN,
)

# An event that is not here holds no facts.
READERS: Mapping[str, tuple[Reader, ...]] = {
    event: readers for noun in NOUNS for event, readers in noun.events.items()
}
OBSERVED: Mapping[str, Observed] = {
    kind: observed for noun in NOUNS for kind, observed in noun.observed.items()
}

_NOTHING = Reading()


def read_delivery(event: str, action: str | None, payload: JsonObject) -> Reading:
    """Read the facts in a delivery of a GitHub event, whatever the payload looks like.

    Never raises: a fact that cannot be read becomes a problem and leaves the others alone, and an
    event that we do not know has neither.
    """
    readers = READERS.get(event)
    return Delivered(action, payload).read(readers) if readers else _NOTHING
