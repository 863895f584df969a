"""What deliveries of one second leave open, since GitHub's clock ticks no finer: read again, later.

GitHub's time and ours are never compared: a second that we have heard of a while ago is over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeAlias

from aggregates.lane import Heard, Lane
from events.github import NEVER, Fact, IssueSeen, PullRequestSeen
from events.github.merge import tied

OVER_AFTER = timedelta(seconds=5)  # GitHub's answers may lag behind its deliveries a little

Doubtable: TypeAlias = IssueSeen | PullRequestSeen


@dataclass(frozen=True, slots=True)
class Doubt:
    """An issue or a pull request of which snapshots of one second differ; ``over``: it has passed.

    ``over`` is in our time, ``position`` that of the event that last told something new of it.
    """

    seen: Doubtable
    position: int
    over: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has passed, or is of a time that is yet to come: a clock was ahead."""
        return _has_passed(self.over, now)


def doubts(lane: Lane) -> Iterator[Doubt]:
    """Return what of a lane is uncertain."""
    everything: Iterable[Doubtable] = chain(
        lane.seen_issues.values(), lane.seen_pull_requests.values()
    )
    return (_doubt(lane, seen) for seen in everything if seen.uncertain)


def settles(lane: Lane, fact: Fact, began: datetime) -> bool:
    """Say whether a reading that began then tells what the deliveries of its second do not.

    They contradict one another, or something changed without a change of the object's time.
    """
    if not isinstance(fact, IssueSeen | PullRequestSeen):
        return False
    known = _known(lane, fact)
    if (
        known is None
        or known.updated_at != fact.updated_at
        or not _has_passed(_over(lane, known), began)
    ):
        return False
    return known.uncertain or tied(replace(known, settled_at=NEVER), fact)


def _known(lane: Lane, fact: Doubtable) -> Doubtable | None:
    if isinstance(fact, IssueSeen):
        return lane.issue(fact.number).seen
    return lane.pull_request(fact.number).seen


def _doubt(lane: Lane, seen: Doubtable) -> Doubt:
    heard = _heard(lane, seen)
    return Doubt(seen, heard.position if heard else 0, _over(lane, seen))


def _over(lane: Lane, seen: Doubtable) -> datetime:
    heard = _heard(lane, seen)
    return heard.at + OVER_AFTER if heard else NEVER


def _has_passed(over: datetime, now: datetime) -> bool:
    """Tell whether it is over; what was heard later than now was so while a clock was ahead.

    The visit that asks waited for as long as it is to.
    """
    return over <= now or over > now + 2 * OVER_AFTER


def _heard(lane: Lane, seen: Doubtable) -> Heard | None:
    if isinstance(seen, IssueSeen):
        return lane.issue(seen.number).heard
    return lane.pull_request(seen.number).heard
