"""Which of an issue's pull requests is the one that counts."""

from collections.abc import Iterable
from datetime import datetime

from aggregates.lane.lane import Lane
from aggregates.lane.seen import Seen
from events.github import PullRequestSeen


def open_pulls(lane: Lane, number: int) -> tuple[int, ...]:
    """Return the numbers of the open pull requests linked to an issue, sorted."""
    return tuple(sorted(pull.number for pull in _linked(lane, number) if _is_open(pull)))


def chosen_pull(lane: Lane, number: int) -> PullRequestSeen | None:
    """Return the pull request of an issue's present round; None if there is none, or several.

    The one open one; else the newest merged one, unless the issue was reopened since; else the
    newest closed one, unless Copilot was assigned anew since.
    """
    linked = _linked(lane, number)
    opened = [pull for pull in linked if _is_open(pull)]
    if opened:
        return opened[0] if len(opened) == 1 else None
    merged = [p for p in linked if p.merged and _since_reopened(lane.seen, number, p)]
    if merged:
        return max(merged, key=lambda pull: (_merged_at(pull), pull.number))
    return _newest_closed(lane.seen, number, linked)


def _linked(lane: Lane, number: int) -> list[PullRequestSeen]:
    known = lane.seen.pull_requests
    return [known[pull] for pull in lane.links.get(number, ()) if pull in known]


def _is_open(pull: PullRequestSeen) -> bool:
    return pull.state == "open" and not pull.merged


def _since_reopened(seen: Seen, number: int, pull: PullRequestSeen) -> bool:
    reopened = seen.reopened.get(number)
    return reopened is None or _merged_at(pull) > reopened


def _merged_at(pull: PullRequestSeen) -> datetime:
    return pull.merged_at or _closed_at(pull)


def _newest_closed(
    seen: Seen, number: int, linked: Iterable[PullRequestSeen]
) -> PullRequestSeen | None:
    closed = [pull for pull in linked if not pull.merged]
    if not closed:
        return None
    newest = max(closed, key=lambda pull: (pull.updated_at, pull.number))
    assignment = seen.assignments.get(number)
    anew = assignment is not None and assignment.present and assignment.at > _closed_at(newest)
    return None if anew else newest


def _closed_at(pull: PullRequestSeen) -> datetime:
    return pull.closed_at or pull.updated_at
