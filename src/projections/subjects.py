"""Which issue and which pull request an event is about, as far as the event alone can tell."""

from events.github import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen
from projections.projection import ReadEvent

_OF_CHECKS = (ActionsRunSeen, CheckRunSeen, CheckSuiteSeen)


def issue_number(read: ReadEvent) -> int | None:
    """Return the number of the issue, None for none."""
    return read.event.subject_number if read.event.subject_kind == "issue" else None


def pull_request_number(read: ReadEvent) -> int | None:
    """Return the number of the pull request; of several that a check ran for, the first."""
    if read.event.subject_kind == "pull_request":
        return read.event.subject_number
    for fact in read.facts:
        if isinstance(fact, _OF_CHECKS) and fact.pull_request_numbers:
            return fact.pull_request_numbers[0]
    return None
