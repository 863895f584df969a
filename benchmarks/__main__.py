"""Measure; print JSON, and a table of what has an aim: ``python -m benchmarks [--only NAME]``."""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import crowds, ingest, one_event, projecting, replaying, starting
from benchmarks.ingest import Rounds
from benchmarks.processor import pin
from tests.databases import PostgresTemplate, SqliteTemplate
from tests.postgres import running_postgres

Figures = dict[str, object]
Measure = Callable[[SqliteTemplate | PostgresTemplate, Path], Figures]


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure, found by its path, is to reach: at least that, or at most."""

    figure: str
    at_least: float | None = None
    at_most: float | None = None

    def told(self, found: float) -> str:
        """Return the aim in words, and whether it is met."""
        if self.at_least is not None:
            return f"at least {self.at_least}: {'met' if found >= self.at_least else 'missed'}"
        most = self.at_most or 0.0
        return f"at most {most}: {'met' if found <= most else 'missed'}"


AIMS = (
    Aim("replay/ratio", at_least=0.08),
    Aim("replay/longest_step_ms/processor", at_most=20),
    Aim("replay_long/ratio", at_least=0.08),
    Aim("replay_long/last_tenth_to_first", at_least=0.9),
    Aim("replay_long/longest_step_ms/processor", at_most=20),
    Aim("one_event/ratio", at_most=1.5),
    *(Aim(f"crowds/{name}/ratio", at_most=1.5) for name in crowds.CROWDS),
    Aim("one_event/longest_step_ms/processor", at_most=20),
)


def main() -> None:
    """Run the benchmarks; figures are ratios within one run."""
    given = _arguments()
    pin(-1)
    report: dict[str, object] = {"machine": _machine()}
    for name, measure in _on_sqlite(quick=given.quick).items():
        if given.only == name or (given.only is None and name != "replay_long"):
            report[name] = measure()
    wanted = _on_both(quick=given.quick)
    wanted = {name: each for name, each in wanted.items() if given.only in (None, name)}
    if wanted:
        with _databases() as databases:
            for dialect, (template, folder) in databases.items():
                report[dialect] = {name: each(template, folder) for name, each in wanted.items()}
    json.dump(report, sys.stdout, indent=2)
    print()
    _print_aims(report)


def _on_sqlite(*, quick: bool) -> dict[str, Callable[[], Figures]]:
    """Return what is measured by processor time, over a file that the yardstick reads, too."""
    events, pairs, singly = (600, 1, 3) if quick else (10_000, 3, 40)
    return {
        "one_event": lambda: one_event.measure(singly),
        "crowds": lambda: crowds.measure(singly),
        "replay": lambda: replaying.measure(events, pairs),
        "replay_long": lambda: replaying.measure(10 * events, 1),
    }


def _on_both(*, quick: bool) -> dict[str, Measure]:
    rounds = Rounds(seconds=1.0, pairs=1) if quick else Rounds(seconds=5.0, pairs=5)
    events, pairs = (600, 1) if quick else (12_000, 3)
    return {
        "ingest_web": lambda made, at: ingest.measure(made.clone(at), "web", rounds),
        "ingest_all": lambda made, at: ingest.measure(made.clone(at), "all", rounds),
        "projections": lambda made, at: projecting.measure(made.clone(at), events, pairs),
        "start": lambda made, at: starting.measure(made.clone, at, events, pairs),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    names = [*_on_sqlite(quick=True), *_on_both(quick=True)]
    parser.add_argument("--only", choices=names, help="run one; replay_long runs only so")
    return parser.parse_args()


def _machine() -> Figures:
    return {"python": platform.python_version(), "system": platform.system()}


def _print_aims(report: dict[str, object]) -> None:
    for aim in AIMS:
        found: object = report
        for name in aim.figure.split("/"):
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, int | float):
            print(f"{aim.figure:40} {found:>8}   {aim.told(found)}", file=sys.stderr)


@contextmanager
def _databases() -> Iterator[dict[str, tuple[SqliteTemplate | PostgresTemplate, Path]]]:
    """Offer both databases, PostgreSQL flushing to disk as in production."""
    with TemporaryDirectory() as name, running_postgres(durable=True) as server:
        folder = Path(name)
        yield {
            "sqlite": (SqliteTemplate(folder), folder),
            "postgresql": (PostgresTemplate(server), folder),
        }


if __name__ == "__main__":
    main()
