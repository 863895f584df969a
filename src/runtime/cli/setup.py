"""``init``: a .env with fresh secrets."""

import os
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated

import typer

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

# The bearer token for the API, with access to everything.
ORCHESTRATOR_ADMIN_TOKEN={admin_token}
"""


class AlreadyThere(OrchestratorError):
    """A file that must not be overwritten exists."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)


def init(
    file: Annotated[Path, typer.Option(help="Where to write the settings.")] = Path(".env"),
) -> None:
    """Write a .env with fresh random secrets, readable only by you; never overwrites."""
    text = _TEMPLATE.format(
        webhook_secret=token_urlsafe(_SECRET_BYTES), admin_token=token_urlsafe(_SECRET_BYTES)
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise AlreadyThere(f"{file} exists; nothing was changed") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(text)
    errors.print(f"wrote {file}, with a fresh webhook secret and admin token")
