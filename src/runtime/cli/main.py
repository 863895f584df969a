"""All commands together."""

import os
import sys
from functools import partial
from typing import Annotated

import typer

from runtime import memory
from runtime.cli.on_demand import INTERRUPTED, Commands
from runtime.release import product_version

_STANDARD_ERROR = 2

app = typer.Typer(
    name="copilot-orchestrator",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (typer calls it so)
    if wanted:
        typer.echo(product_version())
        raise typer.Exit


@app.callback()
def root(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Conduct the GitHub Copilot coding agent through a queue of issues."""


def main() -> None:
    """Run the command line; Ctrl-C ends it quietly while it is being loaded, too."""
    _have_standard_descriptors()
    try:
        with memory.loading():
            from runtime.cli.running import run  # noqa: PLC0415 (it loads much of the service)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run(partial(app, standalone_mode=False))


def _have_standard_descriptors() -> None:
    """Let no file or socket take the number of a standard stream that we were started without."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(descriptor)
