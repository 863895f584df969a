"""``send``: post a payload at a receiver as GitHub would."""

import hmac
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import typer

from events.errors import OrchestratorError
from runtime.cli.asking import Answer, ask
from runtime.cli.output import Json, fail, print_json
from runtime.settings import Settings

DEFAULT_URL = "http://127.0.0.1:8000/api/webhooks/github"
_NO_RECEIVER = (404, 405)
_EVENT = re.compile(r"[A-Za-z0-9_]{1,100}")  # what the receiver takes


class NotSent(OrchestratorError):
    """The delivery could not be posted at all."""


def _event(name: str) -> str:
    if not _EVENT.fullmatch(name):
        raise typer.BadParameter("write 1 to 100 letters, digits or underscores")
    return name


def _url(text: str) -> str:
    if not _is_http(text):
        raise typer.BadParameter(f"{text!r} is no address; write http://HOST… or https://HOST…")
    return text


def _is_http(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number of a port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(send)


def send(
    file: Annotated[Path, typer.Argument(help="The payload, JSON as GitHub sends it.")],
    event: Annotated[
        str, typer.Option(help="The event's name, such as pull_request.", callback=_event)
    ],
    url: Annotated[str, typer.Option(help="The receiver.", callback=_url)] = DEFAULT_URL,
    delivery: Annotated[
        UUID | None, typer.Option(help="Delivery id; the same once more is a redelivery.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Post a payload as GitHub would: signed with the configured secret, with its headers."""
    body = file.read_bytes()
    headers = _headers(event, delivery or uuid4(), body)
    response = ask("POST", url, content=body, headers=headers)
    if json:
        print_json(_answer(response))
    elif response.is_success:
        typer.echo(response.text)
    if not response.is_success:
        fail(f"{response.status_code} from {url}: {_detail(response)}{_hint(url, response)}")


def _hint(url: str, response: Answer) -> str:
    """Tell who gave a host only, or another path, where the receiver is."""
    parts, receiver = urlsplit(url), urlsplit(DEFAULT_URL).path
    if parts.path == receiver or response.status_code not in _NO_RECEIVER:
        return ""
    whole = urlunsplit((parts.scheme, parts.netloc, receiver, "", ""))
    return f"; no receiver is there, try --url {whole}"


def _headers(event: str, delivery: UUID, body: bytes) -> dict[str, str]:
    secrets = Settings().webhook_secrets
    if not secrets:
        raise NotSent("ORCHESTRATOR_WEBHOOK_SECRET is not set; run: copilot-orchestrator init")
    return {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/send",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": str(delivery),
        "X-Hub-Signature-256": "sha256=" + hmac.digest(secrets[0].value, body, "sha256").hex(),
    }


def _answer(response: Answer) -> dict[str, object]:
    try:
        content = response.json()
    except ValueError:
        content = {"body": response.text[:500]}
    return content if isinstance(content, dict) else {"body": content}


def _detail(response: Answer) -> str:
    answer = _answer(response)
    return str(answer.get("detail") or answer.get("body") or response.reason_phrase)
