"""Serving: one process or several, stopping cleanly while streams are open."""

import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app, create_health_app
from api.fast_path import FastPath
from api.problems import CutOff
from events.errors import OrchestratorError
from runtime import memory, signals
from runtime.agents_file import settle_agents_of
from runtime.connections import Caps, Connections
from runtime.logs import all_written, configure_logs
from runtime.process import Process, Role
from runtime.redaction import secrets_of
from runtime.running import running
from runtime.settings import Settings
from runtime.wiring import wire

_GRACE_SECONDS = 1
_STARTING_SECONDS = 20  # for a process to say that it lives; on a busy machine it starts slowly
_BACKLOG = 2048
_OTHER_FILES = 256  # of the database, of calls to GitHub, of connections not yet counted
# How ``start`` tells the processes that it spawns.
_ROLE, _URL = "ORCHESTRATOR_PROCESS_ROLE", "ORCHESTRATOR_PROCESS_URL"

_log = structlog.get_logger("server")


class CannotListen(OrchestratorError):
    """The address is taken, or is none of this machine's."""


def application() -> FastAPI:
    """Build the application of one serving process, as uvicorn calls it there."""
    settings = Settings()
    configure_logs(settings.log_level, settings.log_format, secrets_of(settings))
    settle_agents_of(settings)
    signals.stop_on_hangup()  # a process that was spawned begins anew
    process = wire(settings, _role(), os.environ.get(_URL, ""))
    built = application_of(process, connections_of(settings, process))
    build_routes(built)
    memory.settle()
    return built


def application_of(process: Process, connections: Connections | None = None) -> FastAPI:
    """Build the application of a wired process; ``connections`` are those of its server."""
    logging.getLogger("uvicorn.error").addFilter(is_news)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        with all_written(), signals.ending_with_parent(), signals.heard(process.services.stopping):
            async with running(process):
                # The protocol finds them there.
                yield {"connections": connections, "fast_path": fast_path}
                await app.state.refusals.flush()
                await app.state.refused_sign_ins.flush()

    fast_path = None if process.role == "worker" else FastPath(process.services)
    create = create_health_app if process.role == "worker" else create_app
    return create(process.services, lifespan)


def is_news(record: logging.LogRecord) -> bool:
    """Say whether uvicorn tells what is not known: of an answer cut off its request's line says it.

    To uvicorn whatever ends an answer before its end is a fault of ours.
    """
    return not (record.exc_info and isinstance(record.exc_info[1], CutOff))


def connections_of(settings: Settings, process: Process) -> Connections:
    """Make the keeper of this process's connections, no more than it may have files open."""
    room = _room_for_files(settings.max_connections + _OTHER_FILES) - _OTHER_FILES
    if room < settings.max_connections:
        _log.warning("the limit of open files allows fewer connections", connections=room)
    caps = Caps(max(1, min(settings.max_connections, room)), settings.connections_per_address)
    return Connections(caps, settings.proxies, process.services.metrics)


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


def _room_for_files(wanted: int) -> int:
    """Return how many files may be open, raising the limit towards what is wanted.

    Where a listening socket meets the limit, callers wait in a queue that nothing serves.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with suppress(ValueError, OSError):  # as where a sandbox does not allow it
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft


def serve(listener: socket.socket, role: Role, workers: int) -> None:
    """Serve until a stop signal; with several workers, supervise that many processes."""
    os.environ[_ROLE], os.environ[_URL] = role, _own_url(listener)
    config = uvicorn.Config(
        "runtime.server:application",
        factory=True,
        workers=workers,
        loop="uvloop",
        http="runtime.protocol:BoundedHttpProtocol",
        ws="none",
        proxy_headers=False,  # ``runtime.callers`` reads them, of those who are trusted
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_worker_healthcheck=_STARTING_SECONDS,
    )
    _exit_on_signals()
    if workers > 1:
        _Supervisor(config, [listener]).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])


def _own_url(listener: socket.socket) -> str:
    """Return where this very machine reaches it."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (is it bound to all?)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _role() -> Role:
    given = os.environ.get(_ROLE)
    return "web" if given == "web" else "worker" if given == "worker" else "all"


class _Supervisor(Multiprocess):
    def handle_hup(self) -> None:
        """Stop; uvicorn's own would start its processes anew, without a terminal to say so."""
        self.handle_term()


def _exit_on_signals() -> None:
    """End with exit status 0 where the server, having stopped, raises its signal once more."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    for number in signals.STOP:
        signal.signal(number, handle)
