"""Write web/openapi.json, the document of the API: ``scripts/generate_openapi.py [--check]``.

With ``--check`` nothing is written; it exits with 1 when it is out of date.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from api.app import document
from runtime.cli.output import fail
from runtime.release import product_version

FILE = Path(__file__).resolve().parents[1] / "web" / "openapi.json"
Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail if out of date.")]


def generate(*, check: Check = False) -> None:
    """Write the document from the routes and their models, or check that it is up to date."""
    text = json.dumps(document(product_version()), indent=1, ensure_ascii=False) + "\n"
    if not check:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(text, encoding="utf-8", newline="\n")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
        fail("out of date: web/openapi.json; run scripts/generate_openapi.py")


if __name__ == "__main__":
    typer.run(generate)
