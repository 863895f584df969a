"""A connection's transport as the protocol wants it: it tells of its end, and saves packets."""

import asyncio
from collections.abc import Callable
from typing import Any


class Transport:
    """A transport that tells when it begins to close, and can send a head with its body."""

    def __init__(self, transport: asyncio.Transport, closing: Callable[[], None]) -> None:
        self._transport = transport
        self._closing = closing
        self._head = b""
        self.write: Callable[[bytes], None] = transport.write
        self.is_closing = transport.is_closing  # as the former, used often

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever a transport has)
        return getattr(self._transport, name)

    def hold_head(self) -> None:
        """Keep what is written next until more is: each piece takes a system call and a packet."""
        self.write = self._keep

    def close(self) -> None:
        """Close once all is sent, a head that waits for its body included."""
        if self._head:
            self._send_with_head(b"")
        self._closing()
        self._transport.close()

    def _keep(self, data: bytes) -> None:
        self._head = data
        self.write = self._send_with_head

    def _send_with_head(self, data: bytes) -> None:
        held, self._head, self.write = self._head, b"", self._transport.write
        self.write(held + data)
