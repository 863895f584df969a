"""How many durable deliveries a second the receiver takes, against storing nothing."""

import asyncio
import statistics
from dataclasses import dataclass
from time import monotonic

from api.webhooks import PATH as RECEIVER
from benchmarks import server
from benchmarks.load import Outcome, load
from benchmarks.payloads import deliveries
from benchmarks.processor import processor_seconds
from benchmarks.serving import Serving, serving

CONNECTIONS = 32

Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class Rounds:
    """How long each stretch of load lasts, and how many pairs of stretches there are."""

    seconds: float
    pairs: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of load, the processor time the server used for it, and the lag after it."""

    outcome: Outcome
    processor: float | None
    lag: int


def measure(database_url: str, role: str, rounds: Rounds) -> Figures:
    """Load the receiver and the route that stores nothing in turn; return rates and ratios."""
    with serving(database_url, role) as served:
        stored, nothing = asyncio.run(_stretches(served, rounds))
        figures = _compare(stored, nothing)
        if role == "all":
            figures["lag_after_each_stretch"] = [stretch.lag for stretch in stored]
            figures["caught_up_after_seconds"] = _catch_up(served)
    return figures


async def _stretches(served: Serving, rounds: Rounds) -> tuple[list[Stretch], list[Stretch]]:
    await load(served.port, RECEIVER, deliveries(), CONNECTIONS, rounds.seconds / 2)  # warm
    stored, nothing = [], []
    for _ in range(rounds.pairs):
        nothing.append(await _stretch(served, server.PATH, rounds.seconds))
        stored.append(await _stretch(served, RECEIVER, rounds.seconds))
    return stored, nothing


async def _stretch(served: Serving, path: str, seconds: float) -> Stretch:
    before = processor_seconds(served.process)
    outcome = await load(served.port, path, deliveries(), CONNECTIONS, seconds)
    after = processor_seconds(served.process)
    used = None if before is None or after is None else after - before
    return Stretch(outcome, used, served.lag())


def _compare(stored: list[Stretch], nothing: list[Stretch]) -> Figures:
    pairs = [
        one.outcome.per_second / other.outcome.per_second
        for one, other in zip(stored, nothing, strict=True)
    ]
    return {
        "ratio": round(statistics.median(pairs), 3),
        "ratios": [round(pair, 3) for pair in pairs],
        "stored": _figures(stored),
        "nothing_stored": _figures(nothing),
    }


def _figures(stretches: list[Stretch]) -> Figures:
    outcomes = [stretch.outcome for stretch in stretches]
    figures: Figures = {
        "per_second": round(statistics.median(each.per_second for each in outcomes)),
        "p50_ms": _milliseconds(outcomes, 0.5),
        "p99_ms": _milliseconds(outcomes, 0.99),
    }
    used = [stretch for stretch in stretches if stretch.processor is not None]
    if used:
        seconds = sum(stretch.processor or 0 for stretch in used)
        answered = sum(stretch.outcome.answered for stretch in used)
        wall = sum(stretch.outcome.seconds for stretch in used)
        figures["server_processor_us_each"] = round(1e6 * seconds / answered)
        figures["server_processor_share"] = round(seconds / wall, 2)
    return figures


def _milliseconds(outcomes: list[Outcome], share: float) -> float:
    return round(1000 * statistics.median(each.percentile(share) for each in outcomes), 1)


def _catch_up(served: Serving) -> float:
    started = monotonic()
    while served.lag() > 0:
        asyncio.run(asyncio.sleep(0.02))
    return round(monotonic() - started, 2)
