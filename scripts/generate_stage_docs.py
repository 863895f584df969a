"""Write docs/stages.md: ``scripts/generate_stage_docs.py [--check]``.

With ``--check`` nothing is written; it exits with 1 when the document is out of date.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from aggregates.decisions.reference import decision_reference
from aggregates.stages import stage_reference
from runtime.cli.output import fail

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "stages.md"
Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail if out of date.")]


def generate(*, check: Check = False) -> None:
    """Write the document of stages and decisions from the code, or check that it is up to date."""
    text = stage_reference() + decision_reference()
    if not check:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
        return
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        fail("out of date: docs/stages.md; run scripts/generate_stage_docs.py")


if __name__ == "__main__":
    typer.run(generate)
