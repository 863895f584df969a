"""Serving: one process or several, stopping cleanly while streams are open."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app, create_health_app
from events.errors import OrchestratorError
from runtime import memory, signals
from runtime.logs import configure_logs
from runtime.settings import Settings
from runtime.wiring import Process, Role, wire

_GRACE_SECONDS = 1
_BACKLOG = 2048
_ROLE = "ORCHESTRATOR_PROCESS_ROLE"  # how ``start`` tells the processes that it spawns


class CannotListen(OrchestratorError):
    """The address is taken, or is none of this machine's."""


def application() -> FastAPI:
    """Build the application of one serving process, as uvicorn calls it there."""
    settings = Settings()
    configure_logs(settings.log_level, settings.log_format)
    built = application_of(wire(settings, _role()))
    build_routes(built)
    memory.settle()
    return built


def application_of(process: Process) -> FastAPI:
    """Build the application of a wired process."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        orphaned = asyncio.create_task(signals.stop_with_parent())
        with signals.heard(process.services.stopping):
            async with process.running():
                yield
                await app.state.refusals.flush()
        orphaned.cancel()

    create = create_health_app if process.role == "worker" else create_app
    return create(process.services, lifespan)


def build_routes(app: FastAPI) -> None:
    """Have every route built before anybody calls.

    FastAPI builds them when one is first looked for, which holds the event loop for a tenth of a
    second, and whoever delivers meanwhile.
    """
    nowhere = {"type": "http", "method": "GET", "path": "", "root_path": "", "headers": []}
    for route in app.router.routes:
        route.matches(nowhere)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket, so that callers wait and none is turned away; or CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except (OSError, UnicodeError) as error:  # the latter of a name that is too long for one
        why = getattr(error, "strerror", None) or "it is no name of a host"
        raise CannotListen(f"cannot listen on {host}:{port}: {why}") from error
    listener.set_inheritable(True)
    return listener


def serve(listener: socket.socket, role: Role, workers: int) -> None:
    """Serve until a stop signal; with several workers, supervise that many processes."""
    os.environ[_ROLE] = role
    config = uvicorn.Config(
        "runtime.server:application",
        factory=True,
        workers=workers,
        loop="uvloop",
        http="runtime.protocol:BoundedHttpProtocol",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    _exit_on_signals()
    if workers > 1:
        Multiprocess(config, [listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


def _role() -> Role:
    given = os.environ.get(_ROLE)
    return "web" if given == "web" else "worker" if given == "worker" else "all"


def _exit_on_signals() -> None:
    """End with exit status 0 where the server, having stopped, raises its signal once more."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    for number in signals.STOP:
        signal.signal(number, handle)
