"""What there is to say by each command, where it would be given: the bodies that mean something."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias, get_args

from aggregates.lane import Lane, initial_state
from api.command_target import CommandTarget
from events.catalogue import (
    InstallationAccepted,
    LanePaused,
    LaneResumed,
    Mode,
    ModeSet,
    OperatorCommand,
    QueueReordered,
    WorkflowEnqueued,
    WorkflowLinked,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)
from events.catalogue.tenancy import MAX_OWNER

_MOST_PULL_REQUESTS = 20

# A body but for its reason, and the command that it is.
Saying: TypeAlias = tuple[Mapping[str, object], OperatorCommand]


@dataclass(frozen=True, slots=True)
class Place:
    """Where commands would be given: what they meet, the issue, and the queue's first two."""

    target: CommandTarget
    issue_number: int
    queue: Sequence[int]

    @property
    def lane(self) -> Lane:
        """The repository's lane, empty where nothing was folded yet."""
        return self.target.lane or initial_state(0)


def _modes(_place: Place) -> Iterator[Saying]:
    for mode in (*get_args(Mode), None):
        yield {"mode": mode}, ModeSet(mode=mode)


def _orders(place: Place) -> Iterator[Saying]:
    """Give the policy's order, and where there are two that could change places, another one."""
    orders = [(), tuple(reversed(place.queue))] if len(place.queue) > 1 else [()]
    for order in orders:
        yield {"order": [*order]}, QueueReordered(order=order)


def _installations(place: Place) -> Iterator[Saying]:
    """Give whose the repository is, and whose deliveries say that it is."""
    known, claim = place.lane.tenancy, place.lane.claim
    said: list[tuple[int | None, str | None]] = [(known.installation_id, None)]
    if claim is not None:
        owner = (claim.full_name or "").partition("/")[0]
        said.append((claim.installation_id, owner if 0 < len(owner) <= MAX_OWNER else None))
    for whose, of in said:
        content = InstallationAccepted(installation_id=whose, owner=of)
        yield {"installation_id": whose, "owner": of}, content


def _links(place: Place) -> Iterator[Saying]:
    """Give the newest pull requests that are open, or that somebody spoke of."""
    spoken_of = place.lane.handling(place.issue_number).linked
    seen = place.lane.seen_pull_requests
    numbers = (each for each in sorted(seen, reverse=True))
    worth = (each for each in numbers if seen[each].state == "open" or each in spoken_of)
    for number in islice(worth, _MOST_PULL_REQUESTS):
        for works in (True, False):
            content = WorkflowLinked(
                issue_number=place.issue_number, pull_request_number=number, works=works
            )
            yield {"pull_request": number, "works": works}, content


def _alone(made: Callable[[int], OperatorCommand]) -> Callable[[Place], Iterator[Saying]]:
    """Return the one thing to say by a command that says nothing but itself."""

    def sayings(place: Place) -> Iterator[Saying]:
        yield {}, made(place.issue_number)

    return sayings


Sayings: TypeAlias = Mapping[str, Callable[[Place], Iterator[Saying]]]

OF_REPOSITORIES: Sayings = {
    "pause": _alone(lambda _: LanePaused()),
    "resume": _alone(lambda _: LaneResumed()),
    "mode": _modes,
    "queue/order": _orders,
    "installation": _installations,
}
OF_WORKFLOWS: Sayings = {
    "enqueue": _alone(lambda number: WorkflowEnqueued(issue_number=number)),
    "skip": _alone(lambda number: WorkflowSkipped(issue_number=number)),
    "retry": _alone(lambda number: WorkflowRetried(issue_number=number)),
    "take-over": _alone(lambda number: WorkflowTakenOver(issue_number=number)),
    "release": _alone(lambda number: WorkflowReleased(issue_number=number)),
    "link": _links,
}
