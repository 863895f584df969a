"""Every door of the service that the golden master goes through, and no other."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from events.append import Appended
from events.catalogue import ActionRequested, Json, ObservedKind, ResyncObserved
from events.envelope import Event, NewEvent
from events.github.observations import kept, observed_event
from events.log import EventLog
from events.store import Store
from events.wake import Wake
from projections.engine.runner import Runner
from projections.lanes.fresh import FreshLanes
from projections.registry import PROJECTIONS, telling
from reactions.conductor import Conductor
from reactions.executor.last_look import LastLook, Unseen
from reactions.executor.outcomes import Request
from reactions.lanes import Lanes
from tests.aggregates.lane.folds import folded, stages
from tests.conftest import Clock

_MOST_STEPS = 50


class House:
    """A log, its read models and who decides by them, moved on by hand."""

    def __init__(self, store: Store, clock: Clock, batch: int = 500) -> None:
        fresh = FreshLanes()
        lanes, log = Lanes(store, fresh), _SortedLog(store, clock, Wake())
        self.store = store
        self.clock = clock
        self.log = EventLog(store, clock, Wake())
        self._runner = Runner(telling(fresh), store, store, batch=batch)
        self._conductor = Conductor(lanes=lanes, log=log, store=store, clock=clock)
        self._last_look = LastLook(lanes=lanes, log=self.log)

    async def prepare(self) -> None:
        """Have every read model begin."""
        await self._runner.prepare()

    async def restart(self) -> None:
        """Remove every read model, to be made again from the whole log."""
        for projection in PROJECTIONS:
            await self._runner.restart(projection)

    async def project(self) -> None:
        """Bring every read model to the log's end."""
        while await self._runner.step():
            pass

    async def conduct(self) -> int:
        """Let the conductor look once; returns how many events it appended."""
        looked = await self._conductor.step()
        assert not looked.behind
        return looked.appended

    async def verdict(self, event: Event, asked: ActionRequested) -> str:
        """Say whether an action is still wanted, in the words of the last look."""
        try:
            relevance = (await self._last_look.look(Request(event, asked))).relevance
        except Unseen as unseen:
            return f"Unseen: {unseen}"
        why = getattr(relevance, "why", None)
        return type(relevance).__name__ + (f": {why}" if why else "")


class _SortedLog(EventLog):
    """A log to which the conductor appends in an order that hangs on no database.

    Which of two lanes, or of two waits that end at once, comes first is left open by the queries.
    """

    async def append(self, *new: NewEvent) -> list[Appended]:
        return await super().append(*sorted(new, key=_place))


def _place(event: NewEvent) -> tuple[int, int, str]:
    if event.type != "timer":
        return event.repository_id or 0, 0, ""  # decisions of one lane stay as they were decided
    return event.repository_id or 0, event.subject_number or 0, event.payload


def observation(  # noqa: PLR0913 (an observation has this many sides)
    kind: ObservedKind,
    whole: dict[str, Json],
    event_id: UUID,
    *,
    repository: dict[str, Json],
    installation_id: int,
    pull_request_number: int | None = None,
    sha: str | None = None,
    gone: bool = False,
    settled_at: datetime | None = None,
) -> NewEvent:
    """Return what a resync would record of an object that GitHub showed it."""
    around = {name: repository[name] for name in ("full_name", "default_branch")}
    content = ResyncObserved(
        kind=kind,
        object=kept(kind, whole),
        repository={} if kind == "repository" else around,
        pull_request_number=pull_request_number,
        sha=sha,
        gone=gone,
        settled_at=settled_at,
    )
    repository_id = repository["id"]
    assert isinstance(repository_id, int)
    return observed_event(content, event_id, repository_id, installation_id)


def stages_of(repository_ids: Iterable[int], history: Sequence[NewEvent]) -> dict[str, object]:
    """Return each repository's stages after a history, folded without any database.

    Without what only a newer release can read: nobody is here to park it.
    """
    known = [event for event in history if event.schema_version in (None, 1)]
    return {
        str(repository_id): {
            str(number): list(stage)
            for number, stage in stages(folded(repository_id, known)).items()
        }
        for repository_id in repository_ids
    }


def as_new(event: Event, **changes: object) -> NewEvent:
    """Return an event without its place in the log."""
    names = NewEvent.__dataclass_fields__
    new = NewEvent(**{name: getattr(event, name) for name in names})
    return replace(new, **changes)  # type: ignore[arg-type]  # any field of it
