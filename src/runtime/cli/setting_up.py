"""``setup``: a new link to the pages on which a server that nobody administers is set up."""

import asyncio
import webbrowser
from typing import Annotated

import typer

from people.administrators import Named
from people.setting_up import SettingUp
from people.vault import Vault
from runtime.cli.output import console, errors
from runtime.cli.reaching import origin_of
from runtime.clock import now
from runtime.database import Database
from runtime.migrate import with_database
from runtime.settings import Settings

_URL = "http://127.0.0.1:8000"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(setup)


def setup(
    url: Annotated[
        str,
        typer.Option(
            help="Where the service listens; ORCHESTRATOR_PUBLIC_URL goes before it.",
            callback=origin_of,
        ),
    ] = _URL,
    *,
    browser: Annotated[bool, typer.Option("--open", help="Open it in a browser, too.")] = False,
) -> None:
    """Show a one-time link to set the running service up with, as long as nobody administers."""
    settings = Settings()
    link = asyncio.run(new_link(settings, url))
    if link is None:
        errors.print("somebody administers this server already: sign in at its first page instead")
        raise typer.Exit(1)
    errors.print("Good for one browser, within an hour; earlier links hold no longer:")
    console.print(link, soft_wrap=True)
    if browser:
        webbrowser.open(link)


async def new_link(settings: Settings, url: str) -> str | None:
    """Make a link to where browsers reach the service; None while somebody administers.

    Its secret stands behind the ``#``, which browsers send to nobody.
    """
    secret = await with_database(
        settings.database_url, lambda store: _of(settings, store).new_link()
    )
    where = (settings.public_url or url).rstrip("/")
    return None if secret is None else f"{where}/setup#{secret}"


async def is_new(settings: Settings) -> bool:
    """Say whether nobody administers yet."""
    return await with_database(settings.database_url, lambda store: _of(settings, store).is_open())


def _of(settings: Settings, store: Database) -> SettingUp:
    named = Named.read(settings.administrators)
    return SettingUp(
        store=store,
        named=named,
        vault=Vault(settings.secret_keys),
        admin_tokens=settings.admin_tokens,
        clock=now,
    )
