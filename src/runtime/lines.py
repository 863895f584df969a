"""Lines on standard error that hold nobody up: a thread writes them, whatever becomes of it.

The disk may be full, the pipe closed, its reader asleep. What could not be written is counted, and
said as soon as something can be written again.
"""

import atexit
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import accumulate
from select import PIPE_BUF
from typing import Any, Protocol, TextIO

from api.background import LostLines

_MOST_BYTES = 4 * 1024 * 1024  # that wait for a reader who is slow
_RETRY_SECONDS = 1.0  # between attempts to say what was lost, where nothing else is to be said
# Lines that come together are written together: to wake a thread for each takes more than the line.
# No more than a pipe takes whole, so that processes that share one don't write into each other's.
_GATHER_SECONDS = 0.01
_DRAIN_SECONDS = 1.0  # for what still waits when the process ends
_BUSY_SECONDS, _MOST_BUSY = 0.05, 40  # for a pipe that somebody made non-blocking

Told = Callable[[int, str], bytes]


class Bounded(bytes):
    """A line in which no secret is looked for: all that it says is ours, or GitHub's by signature.

    To look takes about as long as to write one, and each delivery is a line.
    """


class Screen(Protocol):
    """Hides in lines what must not be written."""

    def finds_any(self, text: bytes) -> bool:
        """Tell whether there may be any of it in a text, of one line or of many."""
        ...

    def __call__(self, line: bytes) -> bytes:
        """Return a line as it may be written."""
        ...


def _plainly(lost: int, why: str) -> bytes:
    return f"{lost} log lines were lost: {why}\n".encode(errors="replace")


class LineWriter:
    """Takes lines from any thread at once; ``told`` makes the line that says how many were lost.

    ``screen`` looks at them on their way out, in the thread that writes, several at once.
    No method raises or waits for the stream.
    """

    def __init__(self, stream: Callable[[], TextIO | None], told: Told = _plainly) -> None:
        self.told = told
        self.screen: Screen | None = None
        self._stream = stream
        self._lines: deque[bytes] = deque()
        self._waiting = 0  # bytes, of which the line that is being written is one
        self._changed = threading.Condition()  # its lock may be taken again, as by a signal handler
        self._thread: threading.Thread | None = None
        self._lost = self._untold = 0
        self._why = ""
        self._lost_at = float("-inf")
        self._torn = False
        self._out = 0  # bytes of what failed to be written that were, all the same
        self._idle = False

    def put(self, line: bytes) -> None:
        """Have a line written, its end included; it is lost where too many wait already."""
        with self._changed:
            if self._waiting + len(line) > _MOST_BYTES:
                self._lose("what is written there is not read")
            elif self._runs():
                self._lines.append(line)
                self._waiting += len(line)
                if self._idle:  # else it comes by itself: to wake a thread takes as long as a line
                    self._idle = False
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
            taken = self._next()
            rest = self._screened(taken)
            while rest or self._untold:
                if not self._told_the_loss():
                    self._lose(self._why, len(rest))
                    break
                rest = self._write(rest)
            with self._changed:
                self._waiting -= sum(map(len, taken))
                self._changed.notify_all()

    def _next(self) -> list[bytes]:
        """Wait for lines; none where it is time to try and say what was lost."""
        self._wait()
        taken: list[bytes] = []
        size = 0
        with self._changed:
            while self._lines and (not taken or size + len(self._lines[0]) <= PIPE_BUF):
                size += len(self._lines[0])
                taken.append(self._lines.popleft())
        return taken

    def _screened(self, lines: list[bytes]) -> list[bytes]:
        searched = [line for line in lines if not isinstance(line, Bounded)]
        if self.screen is None or not searched:
            return lines
        try:
            if self.screen.finds_any(b"".join(searched)):
                return [self.screen(line) for line in lines]
        except Exception as error:  # noqa: BLE001 (what was not looked at is not written)
            self._lose(f"they could not be searched for secrets: {_why(error)}", len(lines))
            return []
        return lines

    def _wait(self) -> None:
        with self._changed:
            if self._lines:
                return
            self._idle = True
            came = self._changed.wait_for(lambda: self._lines, self._patience())
            self._idle = False
        if came:
            time.sleep(_GATHER_SECONDS)

    def _patience(self) -> float | None:
        return _RETRY_SECONDS if self._untold else None

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

    def _write(self, taken: list[bytes]) -> list[bytes]:
        """Write lines at once; return those behind the one that failed, which is lost."""
        if not taken or self._written(b"".join(taken)):
            return []
        self._lose(self._why)
        return taken[_whole(taken, self._out) + 1 :]

    def _written(self, text: bytes) -> bool:
        """Write lines; False where the stream did not take all, as ``_why`` then says."""
        begun = b"\n" if self._torn else b""
        self._out = 0
        try:
            _write_all(self._stream(), begun + text)
        except _Torn as torn:
            self._out = max(0, torn.written - len(begun))
            self._torn, self._why = not text[: self._out].endswith(b"\n"), torn.why
            return False
        except Exception as error:  # noqa: BLE001 (whatever it is: no line is worth a service)
            self._why = _why(error)
            return False
        self._torn = False
        return True

    def _lose(self, why: str, count: int = 1) -> None:
        if not count:
            return
        with self._changed:
            self._lost, self._untold = self._lost + count, self._untold + count
            self._why, self._lost_at = why, time.monotonic()


def _whole(lines: list[bytes], size: int) -> int:
    """Return how many of some lines are in the first bytes of all."""
    ends = accumulate(map(len, lines))
    return sum(end <= size for end in ends)


class _Torn(Exception):
    """A part of it was written."""

    def __init__(self, why: str, written: int) -> None:
        super().__init__(why)
        self.why = why
        self.written = written


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
            raise _Torn(_why(error), written) from error
        raise


def _wait_for_room(busy: int) -> None:
    if busy > _MOST_BUSY:
        raise BlockingIOError("nobody reads what is written there")
    if busy:
        time.sleep(_BUSY_SECONDS)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
