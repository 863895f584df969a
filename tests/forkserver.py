"""A process in which the service is loaded already, and copies of it that become the service.

Loading takes most of the processor that a start costs, and the same each time. A copy is a process
of its own, with its own session, folder, environment and signals, and runs the program's own
``main`` to its end. Tests of the start itself start the program, as people do.
"""

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from select import select

from api.app import every_route
from runtime.cli.on_demand import OnDemand
from runtime.migrate import newest_revision
from runtime.server import build_routes
from tests import absent, authorities

_MOST = 1024 * 1024  # bytes of a request, mostly its environment
# What is loaded only when it is needed, by a command and by its server.
_LATE = ("runtime.cli.running", "runtime.protocol", "typer.rich_utils")
_PROGRAM = "copilot-orchestrator"


class Copy:
    """A running copy, as :class:`subprocess.Popen` shows a process."""

    def __init__(self, told: socket.socket) -> None:
        self.returncode: int | None = None
        self.pid = int(told.recv(64))
        self._told = told

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ended and return how, or raise TimeoutExpired."""
        if (ended := self._ended(timeout)) is None:
            raise subprocess.TimeoutExpired(_PROGRAM, timeout or 0)
        return ended

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select([self._told], [], [], timeout)[0]:
            with self._told as told:
                self.returncode = int(told.recv(64))
        return self.returncode


def copy(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], out: int, err: int
) -> Copy:
    """Have a copy run the program with these arguments, and write to these open files."""
    ours, theirs = _pair()
    with theirs:
        request = json.dumps([list(arguments), str(folder), dict(environ)]).encode()
        socket.send_fds(_server(), [request], [theirs.fileno(), out, err])
    return Copy(ours)


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # which keeps messages apart


@cache
def _server() -> socket.socket:
    """Start this process's server; it ends when nobody is left to ask it."""
    ours, theirs = _pair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 (this module)
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # the last is called first
    return ours


def _serve(asked: socket.socket) -> None:
    """Make copies as asked, until nobody is left to ask; in a copy, return when it is to begin."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(asked, _MOST, 3)
        _reap()
        if not descriptors:
            sys.exit()
        told, *outputs = descriptors
        assert threading.active_count() == 1  # of threads, a copy has but the one that forks
        if not os.fork():
            asked.close()
            _keep(told)
            arguments, folder, environ = json.loads(request)
            return _become(arguments, folder, environ, outputs)
        for each in (told, *outputs):
            os.close(each)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _keep(told: int) -> None:
    """Fork once more and return there; here, tell of that process until it ended."""
    if pid := os.fork():
        os.write(told, str(pid).encode())
        _, status = os.waitpid(pid, 0)
        with suppress(OSError):  # nobody may want to know any more
            os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(told)


def _become(arguments: list[str], folder: str, environ: dict[str, str], outputs: list[int]) -> None:
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # where the tests ignore it, too
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    for standard, output in zip((sys.stdout, sys.stderr), outputs, strict=True):
        os.dup2(output, standard.fileno())
        os.close(output)
    sys.argv = [_PROGRAM, *arguments]


if __name__ == "__main__":
    for late in _LATE:
        import_module(late)
    authorities.forget()
    absent.remember()
    newest_revision()
    tuple(OnDemand().values())  # each command loads what it needs
    build_routes(every_route().shared)  # a copy that serves took two thirds of its start for it
    gc.freeze()  # else each copy looks at all of it again when it ends: four fifths of what it took
    with socket.socket(fileno=int(sys.argv[1])) as _asked:
        _serve(_asked)
    import_module("runtime.cli.main").main()
