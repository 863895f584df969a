"""Build projections again from the log: ``scripts/replay.py [PROJECTION …] [--check]``."""

import sys
from pathlib import Path

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from runtime.cli.replaying import replay
from runtime.cli.running import run

if __name__ == "__main__":
    run(lambda: typer.run(replay))
