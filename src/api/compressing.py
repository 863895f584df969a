"""Answers compressed for who asks for it, save those that hold a secret.

Where a secret and what a stranger chose are compressed together, the length tells of the secret to
whoever watches it (the attack is called BREACH). So only what lists and pages of the API answer to
a GET is compressed, and nothing of those paths where sessions, tokens and sign-ins are dealt with;
pages with forms, which bear a secret of their own, are not below ``/api``.
"""

import re

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_WITH_SECRETS = ("/api/auth/", "/api/me", "/api/sessions", "/api/tokens", "/api/consents")
_DOCUMENTS = ("/openapi.json", "/docs")
_LEAST = 1024  # bytes; below that it brings nothing
_LEVEL = 4  # 9 took three times as long for a twentieth less
_REFUSED = re.compile(rb"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Compressing:
    """ASGI middleware: gzip, by Starlette's, for the paths and readers that may have it."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._packing = GZipMiddleware(app, minimum_size=_LEAST, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        packs = scope["type"] == "http" and may_be_compressed(scope) and _takes_gzip(scope)
        await (self._packing if packs else self._plain)(scope, receive, send)


def may_be_compressed(scope: Scope) -> bool:
    """Say whether an answer holds no secret that its length could tell of."""
    path = scope["path"]
    if scope["method"] != "GET" or path.startswith(_WITH_SECRETS):
        return False
    return path.startswith("/api/") or path in _DOCUMENTS


def _takes_gzip(scope: Scope) -> bool:
    return any(
        name == b"accept-encoding" and b"gzip" in value and not _REFUSED.search(value)
        for name, value in scope["headers"]
    )
