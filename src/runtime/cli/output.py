"""What commands print: text for people, JSON for programs, errors on one line."""

import sys
from collections.abc import Mapping
from typing import Annotated, NoReturn

import orjson
import typer
from rich.console import Console

Json = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]

# What is printed is text, also where it names a file with brackets or colons in its name.
errors = Console(stderr=True, highlight=False, markup=False, emoji=False)
console = Console(highlight=False, markup=False, emoji=False)


def fail(message: str, status: int = 1) -> NoReturn:
    """Say what is wrong on one line of standard error and exit, with 1 or another status."""
    print("error: " + " ".join(message.split()), file=sys.stderr)  # noqa: T201
    sys.exit(status)


def print_json(content: Mapping[str, object]) -> None:
    """Print one JSON document on standard output."""
    text = orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str)
    sys.stdout.write(text.decode() + "\n")
