"""``start``: migrate, say where it listens, serve until told to stop."""

import asyncio
import os
import sys
from pathlib import Path
from socket import socket
from typing import Annotated

import typer

from runtime import signals
from runtime.agents_file import read_agents
from runtime.app_in_use import github_of
from runtime.background.server_policy import read_server_policy
from runtime.cli.output import console
from runtime.cli.setting_up import is_new, new_link
from runtime.database import open_database
from runtime.database.url import SQLITE
from runtime.frontend import built_frontend
from runtime.logs import configure_logs, say
from runtime.migrate import migrate
from runtime.private_files import take_from_others
from runtime.process import Role
from runtime.redaction import secrets_of
from runtime.server import CannotListen, listen, serve
from runtime.settings import Settings

_MAX_WORKERS = 64
_PORT, _WORKERS_PORT = 8000, 8001


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(start)


def start(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="0: any free port.",
            show_default="8000; of a worker 8001, or any free port",
        ),
    ] = None,
    role: Annotated[
        Role, typer.Option(help="web: receive and answer; worker: background work; all: both.")
    ] = "all",
    workers: Annotated[
        int,
        typer.Option(min=1, max=_MAX_WORKERS, help="Serving processes; several want PostgreSQL."),
    ] = 1,
    relay: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Listen to a relay's channel, where GitHub cannot reach this machine.",
            show_default="ORCHESTRATOR_RELAY_URL",
        ),
    ] = "",
) -> None:
    """Migrate the database, then serve until SIGTERM or Ctrl-C; nothing accepted is lost."""
    signals.stop_on_hangup()
    if relay:
        os.environ["ORCHESTRATOR_RELAY_URL"] = relay  # for the processes that are spawned, too
    settings = Settings()
    configure_logs(settings.log_level, settings.log_format, secrets_of(settings))
    read_agents(settings.agents_file)  # or end here, with one clear line
    if role != "web":
        read_server_policy(settings.policy_file)  # likewise
        github_of(settings)
    if Path(".env").is_file() and take_from_others(Path(".env")):
        say("others could read .env, which holds secrets; now only its owner can")
    listener = _listener(role, host, port)
    asyncio.run(_migrate(settings))
    _warn(settings, role, workers)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listener.getsockname()[1]}"
    if role == "worker":
        say(f"health is told on {url}/api/health/work")
        say("working in the background; stop with Ctrl-C")
        serve(listener, role, 1)
    else:
        asyncio.run(_show_link(settings, url))
        if built_frontend() is not None:
            say(f"the dashboard is at {url}/")
        say(f"listening on {url}")
        serve(listener, role, workers)


def _listener(role: Role, host: str, port: int | None) -> socket:
    """Listen where it was said; a worker that was told nothing is kept from work by no port."""
    if port is not None or role != "worker":
        return listen(host, _PORT if port is None else port)
    try:
        return listen(host, _WORKERS_PORT)
    except CannotListen:
        return listen(host, 0)


async def _migrate(settings: Settings) -> None:
    database = open_database(settings.database_url)
    try:
        before, after = await migrate(database)
    finally:
        await database.close()
    if before != after:
        say(f"migrated the database from {before or 'empty'} to {after}")


async def _show_link(settings: Settings, url: str) -> None:
    """Show set-up's link on a terminal while nobody administers; no log ever holds it."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    if on_terminal and (link := await new_link(settings, url)):
        console.print(f"nobody administers yet; set it up within an hour:\n{link}", soft_wrap=True)
    elif not on_terminal and await is_new(settings):
        say("nobody administers yet; `copilot-orchestrator setup` shows a link to set it up")


def _warn(settings: Settings, role: Role, workers: int) -> None:
    if not settings.webhook_secrets:
        say("warning: ORCHESTRATOR_WEBHOOK_SECRET is not set; every delivery is refused")
    if not settings.admin_tokens:
        say("warning: ORCHESTRATOR_ADMIN_TOKEN is not set; nobody can read the API")
    if role != "web":
        _warn_of_half_an_app(settings)
    if workers > 1 and role == "worker":
        say("warning: --workers counts serving processes; a worker is one process")
    elif workers > 1 and settings.database_url.startswith(SQLITE):
        say("warning: several processes writing one SQLite file are slower than one")


def _warn_of_half_an_app(settings: Settings) -> None:
    """Say what is missing of an App; without any of it, being an observer is what was wanted."""
    given = {
        "ORCHESTRATOR_GITHUB_APP_ID": settings.github_app_id,
        "ORCHESTRATOR_GITHUB_PRIVATE_KEY": settings.github_private_key.get_secret_value(),
    }
    missing = [name for name, value in given.items() if not value]
    if len(missing) == 1:
        say(f"warning: {missing[0]} is not set; nothing is done on GitHub")
