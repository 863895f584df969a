"""Where browsers reach us: whose cookies are ours, and whose requests come from our own pages.

A cookie is sent along by whichever page made a browser ask us. So commands that come with one must
name our origin and bear a header that no form can send, and the name by which we are asked must be
ours: a stranger's name that resolves to this machine (DNS rebinding) is not.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.problems import ApiError

CookieOf: TypeAlias = Literal["", "_sign_in", "_setup"]

HEADER = "X-Orchestrator-Request"  # any value; a form can't send it, and a script elsewhere may not
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]{1,253})(?::(?P<port>\d{1,5}))?")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """Our own origin as browsers know it, such as https://orchestrator.example."""

    origin: str
    secure: bool
    port: int

    def cookie(self, purpose: CookieOf = "") -> str:
        """Return a cookie's name: of a host alone, or of a port on loopback (cookies ignore it)."""
        return f"__Host-cwo{purpose}" if self.secure else f"cwo{purpose}_{self.port}"

    def set(self, response: Response, secret: str, seconds: int, purpose: CookieOf = "") -> None:
        """Hand a secret to the browser; no script and no other site ever reads it."""
        response.set_cookie(
            self.cookie(purpose),
            secret,
            max_age=seconds,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response, purpose: CookieOf = "") -> None:
        """Have the browser forget a secret."""
        response.delete_cookie(
            self.cookie(purpose), path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def require_own_page(self, request: HTTPConnection) -> None:
        """Raise 403 for a command that another site may have made a browser send."""
        self.require_own_origin(request)
        if HEADER.lower() not in request.headers:
            raise ApiError(
                403, "header_missing", f"a command with a cookie needs the header {HEADER}"
            )

    def require_own_origin(self, request: HTTPConnection) -> None:
        """Raise 403 for what is not sent from one of our own pages; a form must prove more."""
        origin = request.headers.get("origin")
        if origin is None or origin.lower() != self.origin:
            raise ApiError(
                403, "origin_refused", f"a command with a cookie must come from {self.origin}"
            )


def site_of(request: HTTPConnection, public_url: str) -> Site:
    """Return where a browser reached us; raises 421 for a name that is not ours.

    ``public_url`` is what is set; where nothing is, only this machine's own browsers are served.
    Raises 403 where a cookie would travel in the clear.
    """
    host = request.headers.get("host", "").lower()
    if not public_url:
        return _loopback(host, "set ORCHESTRATOR_PUBLIC_URL to the address that browsers use")
    parts = urlsplit(public_url)
    if parts.scheme != "https":
        return _loopback(host, "signing in over plain http is for this machine alone; use https")
    name, port = _with_port(parts.netloc.lower(), "https")
    if not name or _with_port(host, "https") != (name, port):
        raise ApiError(421, "host_unknown", f"this server is {public_url} to browsers")
    return Site(_origin("https", name, port), secure=True, port=port)


def _loopback(host: str, advice: str) -> Site:
    found = _HOST.fullmatch(host)
    if found is None or not _is_loopback(found["name"]):
        raise ApiError(421, "host_unknown", f"browsers are not served under this name: {advice}")
    port = int(found["port"] or _PORTS["http"])
    return Site(_origin("http", found["name"], port), secure=False, port=port)


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _origin(scheme: str, name: str, port: int) -> str:
    """Write an origin as browsers do: without the port that its scheme has anyway."""
    return f"{scheme}://{name}" if port == _PORTS[scheme] else f"{scheme}://{name}:{port}"


def _with_port(host: str, scheme: str) -> tuple[str, int]:
    found = _HOST.fullmatch(host)
    if found is None:
        return "", 0
    return found["name"], int(found["port"] or _PORTS[scheme])
