"""``doctor``: what is not set up, and what to do about it."""

import asyncio
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from runtime.cli.output import Json, console, print_json
from runtime.doctor.examining import examine
from runtime.doctor.finding import Finding, State
from runtime.logs import configure_logs
from runtime.settings import Settings

_STYLES: dict[State, str] = {
    "ok": "green",
    "warning": "yellow",
    "problem": "bold red",
    "skipped": "dim",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(doctor)


def doctor(
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask GitHub.")] = False,
    json: Json = False,
) -> None:
    """Check settings, database, App, installations, acting user, Copilot and clock.

    Exits with 1 if something does not work.
    """
    configure_logs("error", "auto")
    findings = asyncio.run(examine(Settings(), offline=offline))
    healthy = not any(finding.state == "problem" for finding in findings)
    if json:
        print_json({"healthy": healthy, "findings": [asdict(each) for each in findings]})
    else:
        for finding in findings:
            console.print(_line(finding), soft_wrap=True)
    sys.exit(0 if healthy else 1)


def _line(finding: Finding) -> Text:
    line = Text(f"{finding.state:<8}", style=_STYLES[finding.state])
    line.append(f" {finding.check}: {finding.found}", style="default")
    if finding.advice:
        line.append(f"\n         {finding.advice}", style="italic")
    return line
