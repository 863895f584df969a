"""``init``: a .env with fresh secrets, or what a newer release needs added to an older one."""

import os
from io import StringIO
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated

import typer
from dotenv import dotenv_values

from events.errors import OrchestratorError
from runtime.cli.output import errors

_SECRET_BYTES = 32

_TEMPLATE = """\
# Settings of the Copilot Workflow Orchestrator; the environment overrides them.
# Everything that can be set is in docs/settings.md.

# The database. For production: postgresql+asyncpg://user:password@host/database
ORCHESTRATOR_DATABASE_URL=sqlite+aiosqlite:///./data/orchestrator.db

# The secret of the GitHub webhook or App. To rotate it: new,old
ORCHESTRATOR_WEBHOOK_SECRET={webhook_secret}

# The bearer token for the API, with access to everything. To rotate it: new,old
ORCHESTRATOR_ADMIN_TOKEN={admin_token}
{newer}"""
# What older releases did not write: added to their files, too.
_NEWER = {
    "ORCHESTRATOR_SECRET_KEY": "The key that signs the hidden marks in comments. To rotate: new,old"
}


class AlreadyThere(OrchestratorError):
    """A file that must not be overwritten exists."""


class NoText(OrchestratorError):
    """A file is none that settings could be added to."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)


def init(
    file: Annotated[Path, typer.Option(help="Where to write the settings.")] = Path(".env"),
    *,
    add_missing: Annotated[
        bool, typer.Option("--add-missing", help="Add what this release needs to a file of before.")
    ] = False,
) -> None:
    """Write a .env with fresh random secrets, readable only by you; never overwrites."""
    if add_missing and file.exists():
        _add_missing(file)
    else:
        _write(file)


def _write(file: Path) -> None:
    text = _TEMPLATE.format(
        webhook_secret=_fresh(), admin_token=_fresh(), newer="".join(map(_newer, _NEWER))
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise AlreadyThere(f"{file} exists; nothing was changed") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(text)
    errors.print(f"wrote {file}, with a fresh webhook secret, admin token and secret key")


def _add_missing(file: Path) -> None:
    """Append what the file does not give a value to; what it has stays as it is."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NoText(f"{file} is not UTF-8 text; nothing was changed") from error
    given = {name.upper() for name, value in dotenv_values(stream=StringIO(text)).items() if value}
    missing = [name for name in _NEWER if name not in given]
    if not missing:
        errors.print(f"{file} has all that this release needs; nothing was changed")
        return
    with file.open("a", encoding="utf-8") as target:
        target.write("" if not text or text.endswith("\n") else "\n")
        target.write("".join(map(_newer, missing)))
    errors.print(f"added to {file}: {', '.join(missing)}")


def _newer(name: str) -> str:
    return f"\n# {_NEWER[name]}\n{name}={_fresh()}\n"


def _fresh() -> str:
    return token_urlsafe(_SECRET_BYTES)
