"""Lines on standard error that hold nobody up: a thread writes them, whatever becomes of it.

The disk may be full, the pipe closed, its reader asleep. What could not be written is counted, and
said as soon as something can be written again.
"""

import atexit
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TextIO

from api.background import LostLines

_MOST_BYTES = 4 * 1024 * 1024  # that wait for a reader who is slow
_RETRY_SECONDS = 1.0  # between attempts to say what was lost, where nothing else is to be said
_DRAIN_SECONDS = 1.0  # for what still waits when the process ends
_BUSY_SECONDS, _MOST_BUSY = 0.05, 40  # for a pipe that somebody made non-blocking

Told = Callable[[int, str], bytes]


def _plainly(lost: int, why: str) -> bytes:
    return f"{lost} log lines were lost: {why}\n".encode(errors="replace")


class LineWriter:
    """Takes lines from any thread at once; ``told`` makes the line that says how many were lost.

    No method raises or waits for the stream.
    """

    def __init__(self, stream: Callable[[], TextIO | None], told: Told = _plainly) -> None:
        self.told = told
        self._stream = stream
        self._lines: deque[bytes] = deque()
        self._waiting = 0  # bytes, of which the line that is being written is one
        self._changed = threading.Condition()  # its lock may be taken again, as by a signal handler
        self._thread: threading.Thread | None = None
        self._lost = self._untold = 0
        self._why = ""
        self._lost_at = float("-inf")
        self._torn = False

    def put(self, line: bytes) -> None:
        """Have a line written, its end included; it is lost where too many wait already."""
        with self._changed:
            if self._waiting + len(line) > _MOST_BYTES:
                self._lose("what is written there is not read")
            elif self._runs():
                self._lines.append(line)
                self._waiting += len(line)
                self._changed.notify_all()

    def lost(self) -> LostLines:
        """Say how many lines were lost since the process began."""
        with self._changed:
            return LostLines(self._lost, self._why, time.monotonic() - self._lost_at)

    def drain(self, seconds: float = _DRAIN_SECONDS) -> None:
        """Wait for a moment until everything is written, as at the end of the process."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)

    def _runs(self) -> bool:
        """Have the thread run; a system that has no more threads costs the line."""
        if self._thread is not None and self._thread.is_alive():
            return True
        try:
            self._thread = threading.Thread(target=self._run, name="log lines", daemon=True)
            self._thread.start()
        except RuntimeError as error:
            self._lose(str(error))
            return False
        atexit.register(self.drain)
        return True

    def _run(self) -> None:
        while True:
            line = self._next()
            if self._told_the_loss():
                self._write(line)
            elif line:
                self._lose(self._why)
            with self._changed:
                self._waiting -= len(line)
                self._changed.notify_all()

    def _next(self) -> bytes:
        """Wait for a line; none where it is time to try and say what was lost."""
        with self._changed:
            patience = _RETRY_SECONDS if self._untold else None
            self._changed.wait_for(lambda: self._lines, patience)
            return self._lines.popleft() if self._lines else b""

    def _told_the_loss(self) -> bool:
        """Say what was lost where something was; False: nothing can be written yet."""
        with self._changed:
            untold, why = self._untold, self._why
        if not untold:
            return True
        if not self._written(self._notice(untold, why)):
            return False
        with self._changed:
            self._untold -= untold
        return True

    def _notice(self, lost: int, why: str) -> bytes:
        try:
            return self.told(lost, why)
        except Exception:  # noqa: BLE001 (the thread must not end by what it was handed)
            return _plainly(lost, why)

    def _write(self, line: bytes) -> None:
        if line and not self._written(line):
            self._lose(self._why)

    def _written(self, line: bytes) -> bool:
        """Write a line; False where the stream did not take it, as ``_why`` then says."""
        try:
            _write_all(self._stream(), b"\n" + line if self._torn else line)
        except _Torn as torn:
            self._torn, self._why = True, torn.why
            return False
        except Exception as error:  # noqa: BLE001 (whatever it is: no line is worth a service)
            self._why = _why(error)
            return False
        self._torn = False
        return True

    def _lose(self, why: str) -> None:
        with self._changed:
            self._lost, self._untold = self._lost + 1, self._untold + 1
            self._why, self._lost_at = why, time.monotonic()


class _Torn(Exception):
    """A part of a line was written."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _write_all(stream: TextIO | None, line: bytes) -> None:
    """Write past the stream's buffer, which would keep what it could not write and fail again."""
    if stream is None:  # as Python starts where the descriptor is closed
        raise OSError("there is no standard error")
    target: Any = getattr(stream.buffer, "raw", stream.buffer)
    written = busy = 0
    try:
        while written < len(line):
            count = target.write(line[written:])
            written += count or 0
            busy = 0 if count else busy + 1
            _wait_for_room(busy)
        target.flush()
    except Exception as error:
        if written:
            raise _Torn(_why(error)) from error
        raise


def _wait_for_room(busy: int) -> None:
    if busy > _MOST_BUSY:
        raise BlockingIOError("nobody reads what is written there")
    if busy:
        time.sleep(_BUSY_SECONDS)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
