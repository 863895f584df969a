"""Build projections again from the log: ``scripts/replay.py [PROJECTION …] [--check]``."""

import sys
from pathlib import Path

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from runtime.cli import replaying
from runtime.cli.running import run

if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    replaying.register(app)
    run(lambda: app(standalone_mode=False))
