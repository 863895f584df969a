"""The service and the bare application, each in a process of its own on the first processor."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import httpx2

from benchmarks.processor import processor_seconds, queued_seconds, starting_on
from tests.service import BEARER, started

_PATIENCE_SECONDS = 180.0
_LOOK_SECONDS = 0.01
_RESTING_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server."""

    port: int
    process: int
    up_after: float = 0.0  # seconds from its start to its first answer

    def used(self) -> float:
        """Return the processor seconds that it has used so far."""
        return processor_seconds(self.process)

    def resident_megabytes(self) -> float:
        """Return how much memory it has resident. Linux."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

    def lag(self) -> int:
        """Return how many events the projection of the service that is farthest behind lags."""
        address = f"http://127.0.0.1:{self.port}/api/health/ready"
        answer = httpx2.get(address, headers=BEARER, timeout=_PATIENCE_SECONDS).json()
        return max(int(each["lag"]) for each in answer["projections"].values())

    def metric(self, name: str) -> float | None:
        """Return a figure of the service's metrics, if it tells such."""
        text = httpx2.get(f"http://127.0.0.1:{self.port}/metrics", headers=BEARER).text
        for line in text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return None

    def come_to_rest(self) -> float:
        """Wait until nothing lags and no work goes on; return the seconds that it took."""
        began = monotonic()
        while self.lag() > 0:
            assert monotonic() - began < _PATIENCE_SECONDS, "it does not catch up"
            sleep(0.1)
        while True:
            used, waited, took = self.used(), queued_seconds(self.process), monotonic() - began
            sleep(_RESTING_SECONDS)
            used, waited = self.used() - used, queued_seconds(self.process) - waited
            if used < 0.1 * _RESTING_SECONDS and waited < 0.5 * _RESTING_SECONDS:
                return took  # it worked little, and not for want of a processor
            assert monotonic() - began < _PATIENCE_SECONDS, "it does not come to rest"


@contextmanager
def service(database_url: str, role: str = "all") -> Iterator[Serving]:
    """Run ``copilot-orchestrator start`` on a free port of the loopback interface, as people do."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        began = monotonic()
        with starting_on(0):
            running = stack.enter_context(started(Path(name), database_url, role=role, loaded=""))
        _answered(f"{running.url}/api/health/live")
        up_after = monotonic() - began
        yield Serving(int(running.url.rpartition(":")[2]), running.process.pid, up_after)


@contextmanager
def bare() -> Iterator[Serving]:
    """Run the bare application."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        command = (sys.executable, "-m", "benchmarks.bare", str(listener.fileno()))
        with starting_on(0):
            process = subprocess.Popen(  # noqa: S603 (our own command)
                command, pass_fds=[listener.fileno()], stderr=subprocess.DEVNULL
            )
        try:
            port = listener.getsockname()[1]
            _answered(f"http://127.0.0.1:{port}/page")
            yield Serving(port, process.pid)
        finally:
            process.terminate()
            process.wait()


def _answered(url: str) -> None:
    end = monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            httpx2.get(url, timeout=5).raise_for_status()
        except httpx2.HTTPError:
            if monotonic() > end:
                raise
            sleep(_LOOK_SECONDS)
        else:
            return
