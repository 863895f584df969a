"""``login``, ``logout`` and ``token``: a token for this machine, by way of a browser."""

import hmac
import re
import socket
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from secrets import token_urlsafe
from typing import Annotated, Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import typer

from events.errors import OrchestratorError
from people.sign_ins import challenge_of
from runtime.cli.asking import Answer, ask
from runtime.cli.output import errors
from runtime.cli.reaching import Url, server_of
from runtime.logins import Login, file_of_logins, read_logins, write_logins

_PATIENCE = 600.0  # seconds for a person at a browser
_LOOPBACK = "127.0.0.1"


class NotLoggedIn(OrchestratorError):
    """No token could be had, or there is none."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(login)
    app.command()(logout)
    app.command()(token)


def login(
    url: Url = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it, or print the address only.")
    ] = True,
) -> None:
    """Sign in by a browser on this machine; keeps a token that holds for 30 days."""
    server, verifier = server_of(url), token_urlsafe(32)
    with _Waiting() as waiting:
        asked = {
            "port": waiting.port,
            "state": waiting.state,
            "challenge": challenge_of(verifier),
            "host": _name_of_this_machine(),
        }
        address = f"{server}/program?{urlencode(asked)}"
        errors.print(f"go on in your browser: {address}", soft_wrap=True)
        if browser:
            webbrowser.open(address)
        code = waiting.code()
    given = _exchanged(server, code, verifier)
    file = file_of_logins()
    write_logins(file, read_logins(file) | {server: given})
    errors.print(f"logged in at {server} as {given.login}, until {given.ends_at[:10]}")


def logout(url: Url = None) -> None:
    """Revoke this machine's token and forget it."""
    server, file = server_of(url), file_of_logins()
    logins = read_logins(file)
    known = logins.pop(server, None)
    if known is None:
        raise NotLoggedIn(f"there is no token for {server}; nothing was changed")
    answer = ask("DELETE", f"{server}/api/tokens/{known.id}", token=known.token)
    if not (answer.is_success or answer.status_code in (401, 404)):  # it may have ended already
        raise NotLoggedIn(f"{server} did not revoke the token: {_detail(answer)}")
    write_logins(file, logins)
    errors.print(f"logged out at {server}")


def token(url: Url = None) -> None:
    """Print this machine's token, for `Authorization: Bearer`."""
    server = server_of(url)
    known = read_logins(file_of_logins()).get(server)
    if known is None:
        raise NotLoggedIn(f"there is no token for {server}; run: copilot-orchestrator login")
    typer.echo(known.token)


class _Waiting:
    """Listens on this machine for the one browser that brings the code; others are turned away."""

    def __init__(self) -> None:
        self.state = token_urlsafe(32)
        self._brought: Queue[tuple[str | None, str | None]] = Queue(maxsize=1)
        self._server = ThreadingHTTPServer((_LOOPBACK, 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        from threading import Thread  # noqa: PLC0415 (this alone needs it)

        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def code(self) -> str:
        """Wait for the code; raises NotLoggedIn."""
        try:
            code, error = self._brought.get(timeout=_PATIENCE)
        except Empty:
            raise NotLoggedIn("nobody came back from the browser; run login again") from None
        if code is None:
            raise NotLoggedIn(f"the browser says: {error or 'no code'}")
        return code

    def take(self, host: str, path: str) -> bool:
        """Take what a browser brings, if it is the one that was sent; says whether it was."""
        parts = urlsplit(path)
        told = {name: values[0] for name, values in parse_qs(parts.query).items()}
        is_ours = host == f"{_LOOPBACK}:{self.port}" and parts.path == "/"
        state = told.get("state", "").encode(errors="replace")
        if not is_ours or not hmac.compare_digest(state, self.state.encode()):
            return False
        if not self._brought.full():
            error = re.sub(r"[^a-z_]", "", told.get("error", ""))[:50]
            self._brought.put((told.get("code"), error))
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        waiting = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5  # seconds for a head

            def do_GET(self) -> None:
                came = waiting.take(self.headers.get("Host", ""), self.path)
                text = "You can close this page." if came else "This was not asked for here."
                self.send_response(200 if came else 404)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:  # noqa: ANN401 (as it is inherited)
                """Say nothing: a line would hold the code."""

        return Handler


def _exchanged(server: str, code: str, verifier: str) -> Login:
    proof = {"code": code, "verifier": verifier}
    answer = ask("POST", f"{server}/api/auth/program", json=proof)
    if not answer.is_success:
        raise NotLoggedIn(f"{server} gave no token: {_detail(answer)}")
    try:
        told = answer.json()
        whose = told["actor"]["login"] if told["actor"] else "admin"
        return Login(token=told["token"], id=told["id"], login=whose, ends_at=told["ends_at"])
    except (ValueError, KeyError, TypeError):
        raise NotLoggedIn(f"{server} is no server of ours, or a newer one") from None


def _detail(answer: Answer) -> str:
    try:
        return f"{answer.status_code}, {answer.json()['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code}"


def _name_of_this_machine() -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:64] or "this-machine"
