"""Measure and print JSON: ``python -m benchmarks [--quick]``."""

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import ingest, projecting, starting
from benchmarks.ingest import Rounds
from benchmarks.processor import pin
from tests.databases import PostgresTemplate, SqliteTemplate
from tests.postgres import running_postgres

Figures = dict[str, object]


def main() -> None:
    """Run every benchmark on both databases; figures are ratios within one run."""
    quick = _arguments().quick
    rounds = Rounds(seconds=1.0, pairs=1) if quick else Rounds(seconds=5.0, pairs=5)
    events, pairs = (600, 1) if quick else (12_000, 3)
    pin(-1)
    report: dict[str, Figures] = {"machine": _machine()}
    with _databases() as databases:
        for name, (template, folder) in databases.items():
            report[name] = {
                "ingest_web": ingest.measure(template.clone(folder), "web", rounds),
                "ingest_all": ingest.measure(template.clone(folder), "all", rounds),
                "projections": projecting.measure(template.clone(folder), events, pairs),
                "start": starting.measure(template.clone, folder, events, pairs),
            }
    json.dump(report, sys.stdout, indent=2)
    print()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only see that it runs")
    return parser.parse_args()


def _machine() -> Figures:
    return {"python": platform.python_version(), "system": platform.system()}


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
