"""API tokens that `login` was given, by the server that gave them, in a file of one's own."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

from events.errors import OrchestratorError

_FILE = "logins.json"


class LoginsUnreadable(OrchestratorError):
    """The file of tokens is none that we wrote."""


class NoHome(OrchestratorError):
    """Whose command it is has no folder for settings: neither is named, nor a home known."""


@dataclass(frozen=True, slots=True)
class Login:
    """A token, whose it is and until when it holds."""

    token: str = field(repr=False)
    id: str
    login: str
    ends_at: str


def file_of_logins(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where tokens are kept: in the user's folder for settings; raises NoHome."""
    try:
        home = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    except RuntimeError:
        told = "you have no home folder to keep a token in; set HOME or XDG_CONFIG_HOME"
        raise NoHome(told) from None
    return Path(home) / "copilot-orchestrator" / _FILE


def read_logins(file: Path) -> dict[str, Login]:
    """Return tokens by server; raises LoginsUnreadable."""
    try:
        found = orjson.loads(file.read_bytes())
        return {url: Login(**each) for url, each in found.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise LoginsUnreadable(f"{file} cannot be read; remove it and log in again") from error


def write_logins(file: Path, logins: Mapping[str, Login]) -> None:
    """Keep tokens where nobody else may read them, whole or not at all."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = orjson.dumps({url: asdict(each) for url, each in logins.items()})
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
