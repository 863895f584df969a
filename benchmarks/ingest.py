"""What a durable delivery costs under load, against a bare route that stores nothing.

Over 32 connections, each the next delivery once one is answered. What is put off is work as well:
the processor time of a process that does everything counts until nothing lags any more.
"""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from benchmarks.caller import run
from benchmarks.figures import Cost, Line, at_least
from benchmarks.filling import append
from benchmarks.ground import Ground
from benchmarks.history import beginnings
from benchmarks.load import Delivery, Outcome, burst, lively_deliveries
from benchmarks.serving import Serving, bare, service

CONNECTIONS = 32
_AIMS = {"web": at_least(0.5), "all": at_least(0.25)}
_ROLES = {"web": "the receiver alone (`--role web`)", "all": "everything on (`--role all`)"}


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of load; processor seconds of the server, to its answers and to its rest."""

    outcome: Outcome
    answering: float
    in_all: float
    lag: int = 0
    caught_up: float = 0.0

    @property
    def each(self) -> float:
        """Processor seconds of one delivery, with all that follows from it."""
        return self.in_all / len(self.outcome.latencies)


def measure(ground: Ground, role: str) -> Iterator[Line]:
    """Load the service and the bare application in turn, on each database."""
    pairs, size = (1, 200) if ground.quick else (3, 1500 if role == "web" else 600)
    for dialect in ground.dialects:
        with ground.database(dialect) as url:
            append(url, beginnings())
            yield _line(dialect, role, _stretches(url, role, pairs, size))


def _stretches(url: str, role: str, pairs: int, size: int) -> list[tuple[_Stretch, _Stretch]]:
    told = lively_deliveries()
    with bare() as ceiling, service(url, role) as served:
        found = []
        for _ in range(pairs + 1):
            load = list(islice(told, size))
            nothing = _stretch(ceiling, [each.to_bare for each in load])
            found.append((_stored(served, role, load), nothing))
    return found[1:]  # the first has warmed both


def _stored(served: Serving, role: str, load: list[Delivery]) -> _Stretch:
    before = served.used()
    stretch = _stretch(served, [each.to_service for each in load])
    if role == "web":
        return stretch
    lag, caught_up = served.lag(), served.come_to_rest()
    return _Stretch(stretch.outcome, stretch.answering, served.used() - before, lag, caught_up)


def _stretch(served: Serving, requests: list[bytes]) -> _Stretch:
    before = served.used()
    outcome = run(burst(served.port, requests, CONNECTIONS))
    used = served.used() - before
    return _Stretch(outcome, used, used)


def _line(dialect: str, role: str, pairs: list[tuple[_Stretch, _Stretch]]) -> Line:
    stored, nothing = ([pair[which] for pair in pairs] for which in range(2))
    rate = _median(each.outcome.per_second for each in stored)
    notes: dict[str, object] = {
        "ratios": [round(theirs.each / ours.each, 3) for ours, theirs in pairs],
        "per_second": round(rate),
        "bare_per_second": round(_median(each.outcome.per_second for each in nothing)),
        "p50_ms": _milliseconds(stored, 0.5),
        "p99_ms": _milliseconds(stored, 0.99),
        "deliveries": sum(len(each.outcome.latencies) for each in stored),
    }
    if role == "all":
        answering = _median(each.answering / len(each.outcome.latencies) for each in stored)
        notes["processor_us_while_answering"] = round(1e6 * answering)
        notes["lag_after_each_stretch"] = [each.lag for each in stored]
        notes["caught_up_after_seconds"] = [round(each.caught_up, 2) for each in stored]
    cost, ceiling = _cost(stored), _cost(nothing)
    return Line(
        what=f"durable deliveries, {dialect}, {_ROLES[role]}: {rate:,.0f}/s",
        figure=ceiling.processor / cost.processor,
        aim=_AIMS[role] if dialect == "sqlite" else None,
        cost=cost,
        against="a bare route that stores nothing",
        yardstick=ceiling,
        notes=notes,
    )


def _cost(stretches: list[_Stretch]) -> Cost:
    walls = [each.outcome.seconds / len(each.outcome.latencies) for each in stretches]
    return Cost(processor=_median(each.each for each in stretches), wall=_median(walls))


def _milliseconds(stretches: list[_Stretch], share: float) -> float:
    return round(1000 * _median(each.outcome.percentile(share) for each in stretches), 1)


def _median(values: Iterator[float] | list[float]) -> float:
    return statistics.median(values)
