"""What commands print: text for people, JSON for programs, errors on one line."""

import re
import sys
from collections.abc import Mapping
from typing import Annotated, NoReturn

import orjson
import typer
from rich.console import Console
from rich.text import Text

Json = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

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


def line_of(*parts: str | tuple[str, str]) -> Text:
    """Return texts and their styles as a line; the words of others move nothing on a terminal."""
    given = ((part, "") if isinstance(part, str) else part for part in parts)
    return Text.assemble(
        *((_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), style) for text, style in given)
    )
