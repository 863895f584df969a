"""The orchestrator of the demonstration: the real application, on its own temporary database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe
from socket import socket

from pydantic import SecretStr

from runtime.database import open_database
from runtime.migrate import migrate
from runtime.server import application_of
from runtime.settings import Settings
from runtime.wiring import Process, wire
from simulator.serving import served
from simulator.simulator import Simulator

_PAUSE = 1.0  # GitHub's wish between two changes, in its own time


@asynccontextmanager
async def orchestrator(
    github: Simulator, listener: socket, folder: Path
) -> AsyncIterator[tuple[Process, str]]:
    """Serve on a listening socket until the block ends; gives the process and its admin token."""
    settings = _settings(github, folder)
    database = open_database(settings.database_url)
    try:
        await migrate(database)
    finally:
        await database.close()
    process = wire(settings)
    app = application_of(process)
    async with app.router.lifespan_context(app), served(app, listener):
        yield process, settings.admin_token.get_secret_value()


def _settings(github: Simulator, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{folder}/demo.db",
        webhook_secret=SecretStr(github.webhook_secret),
        admin_token=SecretStr(token_urlsafe(12)),
        github_api_url=github.url,
        github_web_url=github.url,
        github_app_id=str(github.app_id),
        github_private_key=SecretStr(github.private_key),
        acting_user_token=SecretStr(github.user_token),
        github_pause_seconds=_PAUSE / github.plan.speed,
        policy_file=None,
        metrics_open=False,
        log_level="warning",
        log_format="auto",
    )
