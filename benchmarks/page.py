"""The table of a document, in which what was measured anew takes the place of what was there."""

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import COLUMNS, Line

_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"

Report = dict[str, list[Line]]


def table(report: Report) -> Iterator[str]:
    """Yield the lines of one table for all, with what it was measured on."""
    yield from _head()
    for name, lines in report.items():
        yield from _rows(name, lines)


def write_into(document: Path, report: Report, order: list[str]) -> None:
    """Put the figures between a document's marks; those of other names stay as they were."""
    before, _, rest = document.read_text(encoding="utf-8").partition(_BEGIN)
    there, _, after = rest.partition(_END)
    told = {name: [*_rows(name, lines)] for name, lines in report.items()}
    rows = (
        told.get(name) or [row for row in there.splitlines() if row.startswith(f"| `{name}` |")]
        for name in order
    )
    found = "\n".join([*_head(), *(row for each in rows for row in each)])
    document.write_text(f"{before}{_BEGIN}\n{found}\n{_END}{after}", encoding="utf-8")


def _head() -> Iterator[str]:
    yield f"Measured last on {datetime.now(UTC):%d %B %Y}, {_machine()}."
    yield ""
    yield _row(("", *COLUMNS))
    yield _row(["---"] * (len(COLUMNS) + 1))


def _rows(name: str, lines: list[Line]) -> Iterator[str]:
    for line in lines:
        yield _row((f"`{name}`", *line.cells()))


def _machine() -> str:
    """Tell of the machine, and how many processes wanted a processor of it of late."""
    loads = " and ".join(f"{each:.1f}" for each in os.getloadavg()[1:])
    python, cores = platform.python_version(), os.cpu_count()
    return f"{cores} processors, Python {python}, a load of {loads} in the last 5 and 15 minutes"


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
