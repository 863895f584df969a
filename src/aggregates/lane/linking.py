"""Which pull requests work on which issue, as far as GitHub lets one see it."""

from datetime import datetime

from aggregates.lane.seen import Seen
from events.github import PullRequestSeen
from events.github.copilot import is_copilot_agent

Links = dict[int, tuple[int, ...]]


def links(seen: Seen) -> Links:
    """Return the candidates for each issue, by number: open, merged and closed ones alike.

    A keyword that closes the issue links, on the default branch. Copilot's pull request without one
    works for the one issue that Copilot was assigned to before and that no other is linked to; if
    there are several such issues, it is linked to none.
    """
    found: dict[int, set[int]] = {}
    orphans = []
    for pull in seen.pull_requests.values():
        closing = [number for number in pull.closing_issue_numbers or () if number in seen.issues]
        for number in closing:
            found.setdefault(number, set()).add(pull.number)
        if not closing and is_copilot_agent(pull.author_id):
            orphans.append(pull)
    adopted = [
        (number, orphan.number) for orphan in orphans for number in _for(seen, found, orphan)
    ]
    for number, pull_number in adopted:
        found.setdefault(number, set()).add(pull_number)
    return {number: tuple(sorted(pulls)) for number, pulls in sorted(found.items())}


def _for(seen: Seen, found: dict[int, set[int]], orphan: PullRequestSeen) -> list[int]:
    """Return the one issue that an orphan can be for, none when there are several."""
    if orphan.created_at is None:
        return []
    waiting = [
        number
        for number, assignment in seen.assignments.items()
        if number not in found
        and _was_assigned(assignment.present, assignment.at, orphan.created_at)
    ]
    return waiting if len(waiting) == 1 else []


def _was_assigned(present: bool, at: datetime, then: datetime) -> bool:  # noqa: FBT001 (a fact's)
    return present and at <= then
