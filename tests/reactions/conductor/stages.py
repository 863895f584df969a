"""A log, its lanes and a conductor, moved on by hand."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from events.catalogue import About, OwnEvent, own_event
from events.envelope import OPERATOR, Event, NewEvent
from events.identity import keyed_id
from events.log import EventLog
from events.store import Store
from reactions.conductor import Conducted, Conductor
from reactions.lanes import EVERY_LANE, Lanes, Partition
from tests.conftest import Clock
from tests.service import project


@dataclass
class Stage:
    """What happens is appended, then projected, then decided upon."""

    store: Store
    log: EventLog
    clock: Clock
    conductor: Conductor

    async def happens(self, *history: NewEvent) -> None:
        """Append and project, without deciding."""
        for event in history:
            await self.log.append(event)
        await project(self.store)

    async def look(self) -> Conducted:
        """Let the conductor look once."""
        return await self.conductor.step()

    async def settle(self) -> None:
        """Project and decide until nothing more follows."""
        for _ in range(20):
            await project(self.store)
            if not (await self.look()).appended:
                return
        raise AssertionError("it never comes to rest")

    async def own(self, kind: str = "action") -> list[Event]:
        """The events of ours of one type so far."""
        events = await self.log.read(0, 1000)
        return [event for event in events if event.source != "github" and event.type == kind]


def stage(
    store: Store,
    log: EventLog,
    clock: Clock,
    partition: Partition = EVERY_LANE,
    guard: Callable[[Connection], None] = lambda _connection: None,
) -> Stage:
    conductor = Conductor(
        lanes=Lanes(store),
        log=log,
        store=store,
        clock=clock,
        partition=partition,
        guard=guard,
    )
    return Stage(store, log, clock, conductor)


def command(content: OwnEvent, repository_id: int | None, key: str = "") -> NewEvent:
    return own_event(
        content,
        keyed_id(f"test:{content.type}:{content.action}:{key}"),
        source=OPERATOR,
        about=About(repository_id=repository_id),
    )
