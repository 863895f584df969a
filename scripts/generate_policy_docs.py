"""Write docs/policy.md and docs/policy.schema.json: ``scripts/generate_policy_docs.py [--check]``.

With ``--check`` nothing is written; it exits with 1 when one of them is out of date.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from aggregates.policy import policy_reference, policy_schema
from runtime.cli.output import fail

ROOT = Path(__file__).resolve().parents[1]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail if out of date.")]


def generate(*, check: Check = False) -> None:
    """Write the documents of the policy file from its models, or check that they are up to date."""
    schema = json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"
    documents = {"docs/policy.md": policy_reference(), "docs/policy.schema.json": schema}
    if not check:
        for name, text in documents.items():
            (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
        return
    stale = [name for name, text in documents.items() if _written(ROOT / name) != text]
    if stale:
        fail(f"out of date: {', '.join(stale)}; run scripts/generate_policy_docs.py")


def _written(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    typer.run(generate)
