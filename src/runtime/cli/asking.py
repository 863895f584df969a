"""One request of a command to a server: it is answered, or one sentence says what kept it back."""

from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx2

from events.errors import OrchestratorError

Answer: TypeAlias = httpx2.Response

_SECONDS = 15.0


class NothingAnswers(OrchestratorError):
    """There is no answer, or what was to be sent cannot be; it names no secret."""


def ask(
    method: str,
    url: str,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,  # noqa: ANN401 (httpx2's own: what is asked for, and the body)
) -> Answer:
    """Return the answer to a request; raises NothingAnswers.

    What goes in the clear goes to this machine directly: a proxy would read it, token and all.
    """
    bearing = {} if token is None else {"Authorization": _bearer(token)}
    asked = {**(headers or {}), **bearing}
    with _client(trust_env=not _stays_here(url)) as client:
        try:
            return client.request(method, url, headers=asked, **more)
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:  # of a host's name
            told = f"nothing answers at {url}: {error}; is the service running?"
            raise NothingAnswers(told) from error


def is_this_machine(host: str) -> bool:
    """Say whether a host is the loopback interface, by a name or an address of it."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _stays_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and is_this_machine(parts.hostname or "")


def _bearer(token: str) -> str:
    if not (token.isascii() and token.isprintable()):
        raise NothingAnswers(
            "the token cannot be sent: it may have printable ASCII characters only; draw another"
        )
    return f"Bearer {token}"


def _client(*, trust_env: bool) -> httpx2.Client:
    """Make a client, with what the environment says of proxies and certificates, or say why not."""
    try:
        return httpx2.Client(timeout=_SECONDS, trust_env=trust_env)
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        why = f"the proxy that the environment names cannot be used: {error}"
        raise NothingAnswers(f"{why}; correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY") from error
    except OSError as error:
        why = f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: {error}"
        raise NothingAnswers(why) from error
