"""Measure, and print JSON with a table beside it: ``python -m benchmarks [--only NAME] [--list]``.

Figures are ratios within one run, against what stands outside the service.
"""

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks import (
    compressing,
    crowds,
    holding,
    ingest,
    moments,
    one_event,
    peers,
    reading,
    replaying,
    sharing,
    steady,
    year,
)
from benchmarks.figures import Line, as_table
from benchmarks.ground import DIALECTS, Ground
from benchmarks.page import table, write_into
from benchmarks.processor import pin

_WIDTH = 180
_LENGTHS, _QUICK_LENGTHS = (10_000, 100_000), (4_000,)  # of a year


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is measured, and how; ``usual``: in every run that names none."""

    about: str
    measure: Callable[[Ground], Iterator[Line]]
    usual: bool = True


MEASUREMENTS = {
    "ingest": Measurement(
        "a durable delivery, 32 connections, the receiver alone",
        partial(ingest.measure, role="web"),
    ),
    "ingest_all": Measurement(
        "the same with everything on, until nothing lags", partial(ingest.measure, role="all")
    ),
    "steady": Measurement(
        "a delivery at 20, 50 and 150 a second, and how soon pages show it", steady.measure
    ),
    "pages": Measurement("reading a repository's page and the dashboard", reading.measure),
    "moments": Measurement(
        "pages as of then, and why, in a repository of 100,000 events",
        moments.measure,
        usual=False,
    ),
    "stalls": Measurement("requests while the service starts, and in a burst", holding.measure),
    "replay": Measurement(
        "10,000 events through all read models",
        partial(replaying.measure, events=10_000, pairs=3),
    ),
    "replay_long": Measurement(
        "100,000 of them", partial(replaying.measure, events=100_000, pairs=1), usual=False
    ),
    "sharing": Measurement("a rebuild by two processes against one", sharing.measure),
    "peers": Measurement("appending and projecting, against a library and raw rows", peers.measure),
    "one_event": Measurement("one event in a large lane and in a small one", one_event.measure),
    "crowds": Measurement("one event where there is much of its kind", crowds.measure),
    "zstd": Measurement("what compressing payloads would save and cost", compressing.measure),
    "year": Measurement(
        "reads, start, replay and disk from --events to --events", year.measure, usual=False
    ),
}


def main() -> None:
    """Run what was asked for."""
    given = _arguments()
    if given.list:
        for name, each in MEASUREMENTS.items():
            print(f"{name:16} {each.about}{'' if each.usual else ' (only if named)'}")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and end what was started
    pin(-1)
    wanted = given.only or [name for name, each in MEASUREMENTS.items() if each.usual]
    with _ground(given) as ground:
        report = {name: _measured(name, ground) for name in wanted}
    if given.into is not None:
        write_into(given.into, report, [*MEASUREMENTS])
    elif given.markdown:
        print("\n".join(table(report)))
    else:
        json.dump(_document(report), sys.stdout, indent=2)
        print()


def _ground(given: argparse.Namespace) -> Ground:
    lengths = tuple(given.events or _LENGTHS)
    return Ground(
        quick=given.quick,
        lengths=_QUICK_LENGTHS if given.quick else lengths,
        dialects=tuple(given.database or DIALECTS),
    )


def _measured(name: str, ground: Ground) -> list[Line]:
    """Measure one, and show a table of it at once."""
    began = perf_counter()
    lines = list(MEASUREMENTS[name].measure(ground))
    console = Console(stderr=True)
    if not console.is_terminal:
        console.width = _WIDTH  # else a table is cut where nobody looks
    console.print(as_table(f"{name} ({perf_counter() - began:.0f} s)", lines))
    return lines


def _document(report: dict[str, list[Line]]) -> dict[str, object]:
    machine = {
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    lines = {name: [line.document() for line in found] for name, found in report.items()}
    return {"machine": machine, **lines}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, help="again for more")
    parser.add_argument("--events", action="append", type=int, help="of a year; again for more")
    parser.add_argument("--database", action="append", choices=DIALECTS, help="by default both")
    parser.add_argument("--list", action="store_true", help="say what can be measured")
    parser.add_argument("--markdown", action="store_true", help="print a document's table, no JSON")
    parser.add_argument("--into", type=Path, help="put it there, as into docs/benchmarks.md")
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    return parser.parse_args()


if __name__ == "__main__":
    main()
