"""``doctor``: look for what is not set up."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from runtime.cli.output import Json, console, print_json
from runtime.clock import now
from runtime.doctor.examination import examine
from runtime.doctor.finding import Finding, State
from runtime.logs import configure_logs
from runtime.release import product_version

Offline = Annotated[bool, typer.Option("--offline", help="Ask GitHub nothing.")]

_STYLES: dict[State, str] = {
    "ok": "green",
    "warning": "yellow",
    "problem": "bold red",
    "skipped": "dim",
}
_COUNTED: dict[State, str] = {
    "ok": "ok",
    "warning": "to consider",
    "problem": "to mend",
    "skipped": "skipped",
}
_ADVICE = "→ "


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(doctor)


def doctor(*, offline: Offline = False, json: Json = False) -> None:
    """Check settings, database and GitHub, and say what to do about what is not as it should be.

    Changes nothing. Ends with 1 where there is a problem; a warning is none.
    """
    configure_logs("error", "auto")  # standard output is for what was found
    findings = asyncio.run(examine(now, offline=offline))
    number = Counter(finding.state for finding in findings)
    healthy = not number["problem"]
    if json:
        found = [asdict(finding) for finding in findings]
        print_json({"version": product_version(), "healthy": healthy, "findings": found})
    else:
        show(findings)
        console.print(", ".join(f"{number[state]} {name}" for state, name in _COUNTED.items()))
    sys.exit(0 if healthy else 1)


def show(findings: Sequence[Finding]) -> None:
    """Show a table that folds on a terminal; elsewhere one line each, which tools can search."""
    if not console.is_terminal:
        for finding in findings:
            console.print(_plain(finding), soft_wrap=True, markup=False)
        return
    table = Table.grid(padding=(0, 2))
    for finding in findings:
        style = _STYLES[finding.state]
        told = Text("\n").join(Text(line) for line in _lines(finding))
        table.add_row(Text(finding.state, style), Text(finding.check), told)
    console.print(table)


def _plain(finding: Finding) -> str:
    return f"{finding.state:8} {finding.check:16} {' '.join(_lines(finding))}"


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.about}: {finding.found}" if finding.about else finding.found
    if finding.advice:
        where = f": {finding.way.html_url}" if finding.way.html_url else ""
        yield _ADVICE + finding.advice + where
