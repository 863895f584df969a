"""What comes of the golden history, in short: what the tree keeps and a run is compared with."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from events.envelope import GITHUB, NewEvent
from events.identity import keyed_id
from events.store import Store
from tests.conftest import Clock
from tests.golden.doors import House, as_new, stages_of
from tests.golden.plot import Plot
from tests.golden.rows import TABLES, Digests, Row, digest, digests, dump, tables_of
from tests.golden.run import Run

FILE = Path(__file__).with_name("master.json")
SEED = 26
SHORT = 9  # turns, of a history that is played several times
_WINDOW = 20
_SPAN = 200


def clock() -> Clock:
    """Return a clock that stands at the beginning of the history."""
    started = Clock()
    started.advance(days=305, hours=9)  # GitHub's clock in the worlds begins then
    return started


async def played(
    store: Store, turns: int, folder: Path | None = None, seed: int = SEED
) -> tuple[Digests, list[NewEvent]]:
    """Play the history in a closed loop; return its digests and the log that it wrote."""
    time = clock()
    draws = Random(seed), Random(seed + 1)  # noqa: S311 (no secrets)
    run = Run(House(store, time), time, Plot(draws[0]), draws[1])
    await run.play(turns)
    tables = await tables_of(store)
    tables |= {"log": await _log(run.house), "trace": [*run.trace]}
    if folder is not None:
        dump(folder / "live", tables)
    told = await _events(run.house)
    deliveries = [event.payload for event in told if event.source == GITHUB]
    head = await run.house.log.head()
    return {
        "events": head.position,
        "head": head.hash,
        "deliveries": digest(deliveries),
        "own ids": digest([str(event.id) for event in told if event.source != GITHUB]),
        "tables": digests(tables),
    }, told


async def replayed(store: Store, batch: int) -> Digests:
    """Make every read model anew from the log in batches of a size; return the tables' digests."""
    house = House(store, clock(), batch)
    await house.restart()
    await house.project()
    return digests(await tables_of(store))


async def projected(
    store: Store, history: Sequence[NewEvent], folder: Path | None = None
) -> Digests:
    """Append a history to an empty log and fold it; return the tables' digests."""
    time = clock()
    house = House(store, time)
    await house.prepare()
    for start in range(0, len(history), _SPAN):
        await house.log.append(*history[start : start + _SPAN])
        time.advance(minutes=3)
        await house.project()
    tables = await tables_of(store)
    if folder is not None:
        dump(folder / "disturbed", tables)
    return digests(tables)


def pure(history: Sequence[NewEvent]) -> Digests:
    """Return the stages of every issue after a history, folded purely, in order and disturbed."""
    ids = sorted({event.repository_id for event in history if event.repository_id is not None})
    orders = {"in order": history, "disturbed": disturbed(history)}
    return {
        name: {which: digest(stages) for which, stages in stages_of(ids, told).items()}
        for name, told in orders.items()
    }


def read_models(live: Digests) -> Digests:
    """Return of a run's digests those of the tables that a replay makes again."""
    tables = live["tables"]
    assert isinstance(tables, dict)
    return {name: tables[name] for name in TABLES}


def disturbed(history: Sequence[NewEvent]) -> list[NewEvent]:
    """Return a history with its deliveries shuffled in windows, and some of them once more."""
    random = Random(SEED + 2)  # noqa: S311 (no secret)
    told = [
        each
        for number, event in enumerate(history)
        for each in ((event, _again(event, number)) if random.random() < 0.05 else (event,))
    ]
    places = [place for place, event in enumerate(told) if event.source == GITHUB]
    for start in range(0, len(places), _WINDOW):
        window = places[start : start + _WINDOW]
        events = [told[place] for place in window]
        random.shuffle(events)
        for place, event in zip(window, events, strict=True):
            told[place] = event
    return told


def differences(kept: object, found: object, path: str = "") -> Iterator[str]:
    """Yield where two trees of digests differ, the parts besides the whole."""
    if isinstance(kept, dict) and isinstance(found, dict):
        for key in [*kept, *(each for each in found if each not in kept)]:
            yield from differences(kept.get(key), found.get(key), f"{path}/{key}")
    elif kept != found:
        yield f"{path}: {kept} was kept, {found} was found"


def kept(file: Path = FILE) -> Digests:
    """Return what the tree keeps, or another file."""
    digests: Digests = json.loads(file.read_text(encoding="utf-8"))
    return digests


async def _events(house: House) -> list[NewEvent]:
    told: list[NewEvent] = []
    while found := await house.log.read(len(told), 500):
        told.extend(map(as_new, found))
    return told


async def _log(house: House) -> list[Row]:
    told = await _events(house)
    return [
        {
            "position": place,
            "repository_id": event.repository_id,
            "id": str(event.id),
            "event": f"{event.source} {event.type}.{event.action}",
            "payload": event.payload if event.source != GITHUB else digest(event.payload),
        }
        for place, event in enumerate(told, start=1)
    ]


def _again(event: NewEvent, number: int) -> NewEvent:
    if event.source != GITHUB or number % 2:
        return event
    return replace(event, id=keyed_id(f"golden:again:{number}"))
