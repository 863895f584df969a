"""Answers that a reader has already are not sent again: each has a tag of its bytes.

The tag is weak, since it is the same for what is sent compressed. It costs a hash of what was made
anyway, and is exact whatever the answer hangs on: a position alone would not tell of rights that
changed, of the clock, or of what is kept beside the log.
"""

import hashlib
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOT_MODIFIED = 304
_OK = 200
_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_OF_A_BODY = (b"content-length", b"content-type")


class Conditional:
    """ASGI middleware: ``ETag`` on whole answers to a GET, and 304 where it is the reader's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["method"] == "GET":
            send = _Tagging(scope, send).send
        await self._app(scope, receive, send)


class _Tagging:
    """One answer on its way out: its head waits for its body, unless that comes in parts."""

    __slots__ = ("_head", "_scope", "_send")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] == _OK and all(name != b"etag" for name, _ in message["headers"]):
                self._head = message
                return
        elif self._head is not None:
            head, self._head = self._head, None
            if message["type"] == "http.response.body" and not message.get("more_body"):
                message = self._tagged(head, message)
            await self._send(head)
        await self._send(message)

    def _tagged(self, head: Message, message: Message) -> Message:
        """Put the tag into the head, and return the body, or none where the reader has it."""
        opaque = b'"%b"' % hashlib.sha256(message.get("body", b"")).hexdigest()[:32].encode()
        head["headers"].append((b"etag", b"W/" + opaque))
        if not self._is_known(opaque):
            return message
        head["status"] = _NOT_MODIFIED
        head["headers"] = [each for each in head["headers"] if each[0] not in _OF_A_BODY]
        return {**message, "body": b""}

    def _is_known(self, opaque: bytes) -> bool:
        for name, value in self._scope["headers"]:
            if name == b"if-none-match" and (value == b"*" or opaque in _TAG.findall(value)):
                return True
        return False
