"""A conductor without a service: it folds what it hears, decides, and hears what it decided."""

from collections.abc import Iterable
from uuid import UUID

from aggregates.acting import ActingUser
from aggregates.decisions import Decision, decide, requested, timers
from aggregates.decisions.assigning import occupies
from aggregates.lane import evolve, initial_state
from aggregates.stages import place
from aggregates.surroundings import EVERYWHERE, Surroundings, circumstances
from aggregates.workflow import workflow_of
from events.catalogue import About, Json, OwnEvent, PolicyChanged, own_event
from events.envelope import NewEvent
from projections.engine.runner import read_event
from tests.aggregates.decisions.timing import timed_out
from tests.aggregates.lane.own_events import placed
from tests.worlds.people import maintainer

SCOPE = Surroundings(
    acting={EVERYWHERE: ActingUser(maintainer["id"], maintainer["login"])},
    identities={EVERYWHERE: {maintainer["id"]: None}},
)


class Conductor:
    """One repository's lane with the log that it came from, in which an id is once.

    ``asked`` are the decisions that were recorded, by the id of their action.
    """

    def __init__(self, repository_id: int, policy: dict[str, Json]) -> None:
        self.lane = initial_state(repository_id)
        self.scope = SCOPE
        self.position = 0
        self.log: dict[UUID, NewEvent] = {}
        self.asked: dict[UUID, Decision] = {}
        self.say(PolicyChanged(layer="repository", origin="file", content="", document=policy))

    def hear(self, news: Iterable[NewEvent]) -> None:
        """Take in what happened, unless it is known."""
        for new in news:
            if new.repository_id != self.lane.repository_id or new.id in self.log:
                continue
            self.log[new.id] = new
            self.position += 1
            read = read_event(placed(new, self.position))
            self.lane = evolve(self.lane, read.event, read.facts)

    def say(self, content: OwnEvent) -> None:
        """Take in an event of our own under a fresh id."""
        about = About(repository_id=self.lane.repository_id)
        self.hear([own_event(content, UUID(int=len(self.log) + 1), about=about)])

    def act(self) -> list[Decision]:
        """Record all that is to be asked for; each for the first time."""
        decisions = list(decide(self.lane, self.scope))
        events = [requested(self.lane, self.scope, decision) for decision in decisions]
        self._record(events)
        self.asked.update(zip((event.id for event in events), decisions, strict=True))
        return decisions

    def let_time_pass(self, count: int | None = None) -> int:
        """Let timers fire that run, each for the first time: the first ones, or all."""
        due = timers(self.lane, self.scope)[:count]
        self._record([timed_out(self.lane, timer) for timer in due])
        return len(due)

    @property
    def under_way(self) -> list[tuple[UUID, Decision]]:
        """What is to be done on GitHub and was not yet."""
        handlings = self.lane.ours.handlings.values()
        every = (asked for handling in handlings for asked in handling.asked)
        return [
            (asked.id, self.asked[asked.id])
            for asked in every
            if asked.mode == "live" and asked.outcome == "requested"
        ]

    @property
    def at_work(self) -> int:
        """How many of the lane's places are taken."""
        around = circumstances(self.lane, self.scope)
        numbers = self.lane.numbers
        found = (workflow_of(self.lane, around, number) for number in numbers)
        return sum(occupies(each, place(each)) for each in found if each)

    def _record(self, events: list[NewEvent]) -> None:
        ids = {event.id for event in events}
        assert len(ids) == len(events), "two of them are the same"
        assert not ids & self.log.keys(), "it was recorded before"
        self.hear(events)
