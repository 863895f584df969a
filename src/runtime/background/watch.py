"""Hearing of what other processes do: PostgreSQL's NOTIFY, and a look now and then."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any

import asyncpg
import structlog
from sqlalchemy import URL

from api.background import SAMPLE_SECONDS
from api.health_probe import read_status
from api.services import Services
from events.log import EventLog
from runtime.database.url import POSTGRES

_CHANNEL = "orchestrator_log"
_LOOK_SECONDS = 1.0
_CONNECT_SECONDS = 5.0
_SQLALCHEMYS_OWN = {
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
    "async_fallback",
    "async_creator_fn",
}
_NOTIFY_PAUSE = 0.02  # so that a busy log is announced in batches

_log = structlog.get_logger("watch")


async def look(log: EventLog) -> None:
    """Look at the head every second, for whatever no notification told."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        with suppress(Exception):  # the next look tells; health says what is wrong
            log.wake.heard((await log.head()).position)


async def look_at_lags(services: Services) -> None:
    """Look every few seconds how far the read models are behind, for health to tell."""
    lags = services.background.lags
    while True:
        with suppress(Exception):  # health finds by itself that the log cannot be read
            lags.observe((await read_status(services)).projections, monotonic())
        await asyncio.sleep(SAMPLE_SECONDS)


async def look_at_replica(services: Services) -> None:
    """Look every second whether the replica follows; pages are read from it while it does."""
    while services.replica is not None:
        await services.replica.look(services.store)
        await asyncio.sleep(_LOOK_SECONDS)


class Notifier:
    """Tells other processes of this one's appends and hears of theirs; only hints."""

    def __init__(self, url: URL, log: EventLog) -> None:
        self._url = url
        self._event_log = log
        self._announced = 0
        self._newest = 0
        self._more = asyncio.Event()
        log.wake.listen(self._appended)

    async def run(self) -> None:
        """Keep a connection for LISTEN and NOTIFY; connect anew when it breaks. SQLite has none."""
        while self._url.drivername == POSTGRES:
            try:
                await self._converse()
            except Exception as error:  # noqa: BLE001 (only hints are lost; the next look finds all)
                _log.warning("notifications are interrupted", error=type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    def _arguments(self) -> dict[str, Any]:
        """Say with asyncpg's words what the URL says with SQLAlchemy's."""
        _, arguments = self._url.get_dialect()().create_connect_args(self._url)
        return {name: arguments[name] for name in arguments if name not in _SQLALCHEMYS_OWN}

    def _appended(self, position: int) -> None:
        self._newest = max(self._newest, position)
        self._more.set()

    async def _converse(self) -> None:
        connection = await asyncpg.connect(**self._arguments(), timeout=_CONNECT_SECONDS)
        try:
            await connection.add_listener(_CHANNEL, self._heard)
            connection.add_termination_listener(lambda _connection: self._more.set())
            while not connection.is_closed():
                await self._announce(connection)
        finally:
            await connection.close(timeout=1)

    async def _announce(self, connection: asyncpg.Connection) -> None:
        await self._more.wait()
        self._more.clear()
        await connection.execute("SELECT pg_notify($1, $2)", _CHANNEL, str(self._newest))
        await asyncio.sleep(_NOTIFY_PAUSE)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if isinstance(payload, str) and payload.isdecimal():
            self._event_log.wake.heard(int(payload))
