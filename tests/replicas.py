"""A PostgreSQL primary and a replica that streams from it, each of which can go and come back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import (
    FORGETFUL,
    OPTIONS,
    a_folder,
    free_port,
    memory,
    readable_binaries,
    run,
    unprivileged,
)


@dataclass(frozen=True, slots=True)
class Server:
    """One server; its URL is of the database that every server has."""

    binaries: Path
    data: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = " ".join(f"-c {name}='{value}'" for name, value in (OPTIONS | FORGETFUL).items())
        log = str(self.data.with_suffix(".log"))
        self._control("-l", log, "-o", f"-p {self.port} {options}", "start")

    def stop(self) -> None:
        """Stop as a machine that goes away does, as far as its callers can tell."""
        self._control("-m", "immediate", "stop")

    def copy(self, data: Path, port: int) -> "Server":
        """Make a replica of it, which is not yet started."""
        source = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
        run(self.binaries / "pg_basebackup", *source, "-D", str(data), "-R", "-c", "fast")
        return Server(self.binaries, data, port)

    def _control(self, *arguments: str) -> None:
        run(self.binaries / "pg_ctl", "-D", str(self.data), "-w", *arguments)


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary and its replica, both running."""

    primary: Server
    replica: Server


@contextmanager
def running_pair() -> Iterator[Pair]:
    """Start both on free loopback ports; stop them at the end."""
    with a_folder() as home, a_folder(memory()) as place:
        binaries = readable_binaries(home)
        if (user := unprivileged()) is not None:
            shutil.chown(place, user)
        primary = Server(binaries, place / "primary", free_port())
        initdb = ("-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "trust")
        run(binaries / "initdb", *initdb, "-D", str(primary.data))
        primary.start()
        try:
            replica = primary.copy(place / "replica", free_port())
            replica.start()
            try:
                yield Pair(primary, replica)
            finally:
                replica.stop()
        finally:
            primary.stop()
