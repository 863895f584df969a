"""Running the server under test in a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import httpx2

from benchmarks.payloads import SECRET

TOKEN = "bench"  # noqa: S105 (of a server on this machine that lives for seconds)
_START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server."""

    port: int
    process: int

    def lag(self) -> int:
        """Return how many events the projection farthest behind lags."""
        address = f"http://127.0.0.1:{self.port}/api/health/ready"
        answer = httpx2.get(address, headers={"Authorization": f"Bearer {TOKEN}"}).json()
        return max(int(each["lag"]) for each in answer["projections"].values())


@contextmanager
def serving(database_url: str, role: str) -> Iterator[Serving]:
    """Start the server on a free loopback port and stop it at the end."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        environment = os.environ | {
            "ORCHESTRATOR_DATABASE_URL": database_url,
            "ORCHESTRATOR_WEBHOOK_SECRET": SECRET,
            "ORCHESTRATOR_ADMIN_TOKEN": TOKEN,
            "ORCHESTRATOR_PROCESS_ROLE": role,
            "PYTHONPATH": os.pathsep.join([str(Path.cwd()), str(Path.cwd() / "src")]),
        }
        command = (sys.executable, "-m", "benchmarks.serve", str(listener.fileno()))
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 (our own command)
                command, env=environment, cwd=folder, pass_fds=[listener.fileno()], stderr=log
            )
        try:
            port = listener.getsockname()[1]
            _await_ready(port)
            yield Serving(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def _await_ready(port: int) -> None:
    end = monotonic() + _START_SECONDS
    while True:
        try:
            httpx2.get(f"http://127.0.0.1:{port}/api/health/ready", timeout=5).raise_for_status()
        except httpx2.HTTPError:
            if monotonic() > end:
                raise
        else:
            return
