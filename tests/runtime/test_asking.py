"""What keeps a command from reaching its server is one sentence, and what is sent stays here."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from runtime.cli.asking import NothingAnswers
from runtime.cli.reaching import Asking
from runtime.logins import NoHome, file_of_logins
from tests.service import PROGRAM, environment, run

NOWHERE = "sqlite+aiosqlite:///nowhere/at.db"
TOKEN = "hunter2-hunter2"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on this machine, answer nothing, and keep what comes."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hear() -> None:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(65_536))

        thread = Thread(target=hear, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def refused(folder: Path, *arguments: str, status: int = 1, token: str = TOKEN) -> str:
    """Run a command that fails, and return its one line."""
    ended = run(folder, *arguments, database_url=NOWHERE, admin_token=token)
    assert (ended.returncode, ended.stdout) == (status, ""), ended.stderr
    [line] = ended.stderr.splitlines()
    assert line.startswith("error: ")
    assert TOKEN not in line
    return line


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("command", ["costs", "send"])
def test_what_goes_to_this_machine_in_the_clear_passes_by_no_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, command: str
) -> None:
    (tmp_path / "ping.json").write_text("{}")
    with listener() as (proxy, told), listener() as (server, asked):
        monkeypatch.setenv(name, proxy)
        more = ("ping.json", "--event", "ping") if command == "send" else ()
        refused(tmp_path, command, *more, "--url", server)
    assert told == []
    assert len(asked) == 1


@pytest.mark.parametrize("proxy", ["flux://here:1", "socks5://here:1", "http://[::1"])
def test_what_can_be_no_proxy_is_said_to_be_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    told = refused(tmp_path, "costs", "--url", "https://127.0.0.1:9")
    assert "the proxy that the environment names cannot be used" in told


def test_certificates_that_cannot_be_read_are_said_so(tmp_path: Path) -> None:
    """By the program itself: a copy of what is loaded reads no certificates."""
    ended = subprocess.run(  # noqa: S603 (our own program)
        [PROGRAM, "costs", "--url", "https://127.0.0.1:9"],
        cwd=tmp_path,
        env=environment(NOWHERE) | {"SSL_CERT_FILE": "/nowhere/at.pem"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: the certificates that SSL_CERT_FILE or SSL_CERT_DIR")


def test_without_a_home_there_is_no_login_and_the_admin_token_will_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(NoHome, match="set HOME or XDG_CONFIG_HOME"):
        file_of_logins()
    monkeypatch.setenv("ORCHESTRATOR_ADMIN_TOKEN", TOKEN)
    with pytest.raises(NothingAnswers):
        Asking("http://127.0.0.1:9").get("/api/me")


@pytest.mark.parametrize("token", [f"{TOKEN}\u00e9", f"{TOKEN}\nmore"])
def test_a_token_that_no_header_takes_is_not_sent_and_not_shown(tmp_path: Path, token: str) -> None:
    told = refused(tmp_path, "costs", "--url", "http://127.0.0.1:9", token=token)
    assert "printable ASCII" in told


@pytest.mark.parametrize(
    "url", ["http://me:word@127.0.0.1:9", "http://127.0.0.1:9?x=1", "http://127.0.0.1:9#x"]
)
@pytest.mark.parametrize("command", ["costs", "setup", "token"])
def test_a_server_is_named_by_its_origin_alone(tmp_path: Path, command: str, url: str) -> None:
    assert "write https://HOST" in refused(tmp_path, command, "--url", url, status=2)
