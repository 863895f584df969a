"""Reaching a server that runs: where it is, by whose token, and what it answers or why not."""

from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from events.errors import OrchestratorError
from runtime.cli.asking import ask, is_this_machine
from runtime.logins import NoHome, file_of_logins, read_logins
from runtime.settings import Settings

DEFAULT_SERVER = "http://127.0.0.1:8000"
REPOSITORY = r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}"  # as a regular expression

Url = Annotated[
    str | None,
    typer.Option(
        help="The server.", show_default=f"ORCHESTRATOR_PUBLIC_URL, else {DEFAULT_SERVER}"
    ),
]

AsOf = Annotated[
    str | None, typer.Option(help="As it stood at a position of the log, or at a time.")
]


class NotAnswered(OrchestratorError):
    """The server did not answer what was asked."""


def server_of(url: str | None) -> str:
    """Return the server's origin; a token is sent in the clear to this machine alone."""
    origin = origin_of(url or Settings().public_url or DEFAULT_SERVER)
    parts = urlsplit(origin)
    if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        raise typer.BadParameter("a token goes over plain http to this machine alone; use https")
    return origin


def origin_of(text: str) -> str:
    """Return an address that is an origin and no more, as it is compared; raises BadParameter."""
    try:
        parts = urlsplit(text.rstrip("/"))
        _ = parts.port  # raises where it is no number of a port
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no address") from error
    if "@" in parts.netloc:  # it would be sent in the token's place
        raise typer.BadParameter("an address has no name and password in it; write https://HOST")
    more = (parts.path, parts.query, parts.fragment)
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(more):
        raise typer.BadParameter(f"{text!r} is no address; write https://HOST")
    return f"{parts.scheme}://{parts.netloc.lower()}"


class Asking:
    """Asks a server with the token of this machine's login; without one, the admin token.

    That goes to this machine alone, or to the server that the settings name.
    """

    def __init__(self, url: str | None) -> None:
        self.server = server_of(url)
        self._token = self._login() or self._admin()

    def get(self, path: str, **parameters: str | int | None) -> dict[str, Any]:
        """Return what the server answers; raises NotAnswered with its own words otherwise.

        Where nothing answers, NothingAnswers. A parameter that is None is not asked for. A path
        that is given with a query of its own takes no further parameters.
        """
        asked = {name: value for name, value in parameters.items() if value is not None}
        answer = ask("GET", f"{self.server}{path}", token=self._token, params=asked or None)
        try:
            content = answer.json()
        except ValueError:
            content = None
        if not answer.is_success or not isinstance(content, dict):
            detail = content.get("detail") if isinstance(content, dict) else None
            raise NotAnswered(str(detail or f"{self.server} answered {answer.status_code}"))
        return content

    def id_of(self, full_name: str) -> int:
        """Return a repository's id, by the name that it has or had; raises NotAnswered likewise."""
        found = self.get("/api/repositories", repository=full_name)["items"]
        if not found:
            raise NotAnswered(
                f"{self.server} knows no repository {full_name}, or you may not see it"
            )
        return int(found[0]["id"])

    def _login(self) -> str | None:
        with suppress(NoHome):  # then nobody logged in, and the admin token will do
            known = read_logins(file_of_logins()).get(self.server)
            return known.token if known is not None else None
        return None

    def _admin(self) -> str:
        settings = Settings()
        here = is_this_machine(urlsplit(self.server).hostname or "")
        if settings.admin_tokens and (here or self.server == settings.public_url.rstrip("/")):
            return settings.admin_tokens[0]
        told = f"there is no token for {self.server}"
        raise NotAnswered(f"{told}; run: copilot-orchestrator login, or set an admin token")
