"""HTTP/1.1 with a bounded request head: httptools itself would take any number of header bytes."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024  # bytes; GitHub's are under two thousand
HEAD_SECONDS = 10.0  # to send a head once a connection is open, or a request has begun


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose request head is too large or too slow."""

    _head_size = 0
    _in_head = True
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first head, but not for ever."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._head_is_over()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse more, unless it is a head beyond the bound."""
        super().data_received(data)
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD:
                self._give_up()

    def on_message_begin(self) -> None:
        """Count and time a new head."""
        super().on_message_begin()
        self._head_size, self._in_head = 0, True
        self._expect_head()

    def on_headers_complete(self) -> None:
        """Let the request have its own bounds from here on."""
        self._head_is_over()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_is_over(self) -> None:
        self._in_head = False
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._head_is_over()
        self.transport.close()
